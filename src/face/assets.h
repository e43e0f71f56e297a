/* assets.h - files built into the binary: the web interface and the starting models.
 *
 * In:     nothing at run time; tools/embed packs web/dist and templates/ when the binary is built.
 * Out:    bytes with what HTTP needs to send them, found by path.
 * Owns:   nothing; everything is read-only data of the program.
 * Never:  reads a file. A build without web/dist has one page that says so.
 */
#ifndef REVOS_FACE_ASSETS_H
#define REVOS_FACE_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
    const char *path; /* relative, such as "index.html" or "saas/revos.yaml" */
    const char *type; /* value of Content-Type */
    const char *etag; /* value of ETag, quotes included; changes with the content and only then */
    const unsigned char *bytes;
    size_t n;
    /* bytes are a gzip stream: send Content-Encoding, or inflate for clients without it */
    bool gzip;
    /* the path contains a hash of the content: cache for ever; else ask each time */
    bool immutable;
};

struct asset_set {
    const struct asset *v; /* by path, in byte order */
    size_t n;
};

/* The web interface: at least index.html. */
struct asset_set assets_web(void);

/* The starting models, never compressed; the first folder of a path is the template's name. */
struct asset_set assets_templates(void);

/* The asset whose path is the `n` bytes at `path`; NULL when there is none. */
const struct asset *assets_find(struct asset_set set, const char *path, size_t n);

#endif
