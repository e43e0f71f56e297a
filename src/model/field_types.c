/* The table of field types: their names in YAML and what is stored. */
#include "model/model.h"

#include <assert.h>

const struct field_type_info *field_type_info(enum field_type t)
{
    static const struct field_type_info infos[FT_COUNT] = {
        [FT_TEXT] = {"text", VT_TEXT},
        [FT_INTEGER] = {"integer", VT_INT},
        [FT_NUMBER] = {"number", VT_NUM},
        [FT_BOOLEAN] = {"boolean", VT_BOOL},
        [FT_MONEY] = {"money", VT_MONEY},
        [FT_DATE] = {"date", VT_DATE},
        [FT_INSTANT] = {"instant", VT_INSTANT},
        [FT_ENUM] = {"enum", VT_ENUM},
        [FT_EMAIL] = {"email", VT_TEXT},
        [FT_PHONE] = {"phone", VT_TEXT},
        [FT_DOMAIN] = {"domain", VT_TEXT},
        [FT_URL] = {"url", VT_TEXT},
        [FT_COUNTRY] = {"country", VT_TEXT},
        [FT_CURRENCY] = {"currency", VT_CURRENCY},
        [FT_REF] = {"ref", VT_REF},
        [FT_UTM] = {"utm", VT_JSON},
        [FT_JSON] = {"json", VT_JSON},
    };
    assert(t < FT_COUNT);
    return &infos[t];
}
