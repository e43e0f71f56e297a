/* iCalendar files: any bytes end in an answer, and the dates are ascending, within the days asked for, each once. */
#include "base/holidays.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const struct date from = {18262}, to = {21915}; /* 2020 to 2030 */
    struct holidays h;
    struct str why;
    if (holidays_from_ics((struct str){(const char *)data, size}, from, to, a, &h, &why) != RC_OK)
        assert(why.n > 0);
    for (size_t i = 0; i < h.n; i++)
        assert(h.dates[i].days >= from.days && h.dates[i].days < to.days &&
               (i == 0 || h.dates[i].days > h.dates[i - 1].days));
    arena_free(a);
    return 0;
}
