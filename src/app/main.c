/* main.c - the revos program. */
#include "app/app.h"

int main(int argc, char **argv)
{
    return app_main(env_real(), argc, argv);
}
