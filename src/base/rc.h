/* rc.h - the one result code of Revos.
 *
 * In:     nothing.   Out: enum rc and its table of HTTP status, exit code and log level.
 * Never:  carries text; the text of a refusal is a diagnostic (diag.h) or a verdict.
 */
#ifndef REVOS_BASE_RC_H
#define REVOS_BASE_RC_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum rc {
    RC_OK = 0,
    RC_INVALID,     /* input is malformed or breaks a definition; diagnostics say where */
    RC_REFUSED,     /* admission said no; the verdict says why */
    RC_NOT_FOUND,   /* the named thing does not exist */
    RC_CONFLICT,    /* it changed meanwhile, or the key is used with other content */
    RC_LIMIT,       /* a stated bound was exceeded: bytes, rows, depth, nodes, cost */
    RC_UNSUPPORTED, /* understood, but not possible here (dialect, platform, library) */
    RC_CANCELLED,   /* the user stopped it; it can be resumed */
    RC_USAGE,       /* command line or settings are wrong */
    RC_BUSY,        /* held by another process, or time-out; try again */
    RC_IO,          /* the environment failed: disk, network, library */
    RC_CORRUPT,     /* stored data contradicts itself */
    RC_COUNT
};

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR, LEVEL_COUNT };

struct rc_info {
    const char *name;     /* stable, lower case, as in JSON: "not_found" */
    int http_status;      /* status of a response that carries it */
    int exit_code;        /* 0 done, 1 the answer is no, 2 usage, 3 environment */
    enum log_level level; /* of the log line where it is first seen */
};

/* The table row of `rc`; asserts that `rc` is in range. */
const struct rc_info *rc_info(enum rc rc);

#endif
