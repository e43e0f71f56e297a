/* fuzz_replay.c - main of a fuzz target in builds without libFuzzer: runs the target once over each file named on the
 * command line, its corpus, so that a crash once found stays found. A crash ends the program without its plan. */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of a file in memory of exactly their size, so that a sanitizer sees a read past the end. */
static uint8_t *read_input(const char *path, size_t *size)
{
    uint8_t *data = NULL;
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    long end = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (end >= 0 && end <= INPUT_MAX && fseek(f, 0, SEEK_SET) == 0) {
        *size = (size_t)end;
        data = malloc(*size ? *size : 1);
        if (data && fread(data, 1, *size, f) != *size) {
            free(data);
            data = NULL;
        }
    }
    fclose(f);
    return data;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_input(argv[i], &size);
        tap_diag("%s", argv[i]);
        fflush(stdout);
        ok_at("an input of the corpus can be read", data != NULL);
        if (data)
            LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return tap_done();
}
