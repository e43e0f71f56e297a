#include "base/rc.h"
#include "tests/tap.h"

#include <string.h>

int main(void)
{
    for (int i = 0; i < RC_COUNT; i++) {
        const struct rc_info *row = rc_info((enum rc)i);
        ok_at(row->name, row->name && row->name[0]);
        ok_at(row->name, row->http_status >= 200 && row->http_status < 600);
        ok_at(row->name, row->exit_code >= 0 && row->exit_code <= 3);
        ok_at(row->name, (i == RC_OK) == (row->exit_code == 0 && row->http_status == 200));
        for (int j = 0; j < i; j++)
            ok_at("names differ", strcmp(row->name, rc_info((enum rc)j)->name) != 0);
    }
    ok_str(rc_info(RC_NOT_FOUND)->name, "not_found");
    ok_int(rc_info(RC_USAGE)->exit_code, 2);
    ok_int(rc_info(RC_IO)->exit_code, 3);
    ok_int(rc_info(RC_REFUSED)->http_status, 422);
    ok_int(rc_info(RC_IO)->level, LEVEL_ERROR);
    return tap_done();
}
