/* main.c - the revos program. */
#include <stdio.h>

int main(void)
{
    fputs("usage: revos [-C DIR] VERB [ARGUMENTS]\n", stderr);
    return 2;
}
