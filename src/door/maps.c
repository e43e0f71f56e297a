#include "door/maps.h"

#include <ctype.h>

enum { MAPS_MAX = 500, NAME_MAX_BYTES = 100 };

bool map_name_good(struct str name)
{
    bool good = name.n > 0 && name.n <= NAME_MAX_BYTES;
    for (size_t i = 0; i < name.n && good; i++)
        good = isalnum((unsigned char)name.p[i]) || name.p[i] == '_' || name.p[i] == '-';
    return good;
}

enum rc map_text(struct api *api, struct str name, struct arena *a, struct str *out)
{
    const struct env *env = api->parts.env;
    bool is_dir = false;
    if (!map_name_good(name))
        return RC_NOT_FOUND; /* before a path is made of it */
    struct str path = str_printf(a, "%s/maps/%.*s.yaml", api->parts.dir, STR_ARG(name));
    if (!env->exists(env->self, path.p, &is_dir) || is_dir)
        return RC_NOT_FOUND;
    return env_read_file(env, path.p, MAPPING_BYTES_MAX, a, out);
}

/* One that does not compile is left out here: importing with it says why. */
static void put_map(struct api *api, struct str name, struct json_out *w)
{
    struct arena *a = arena_new();
    struct source text = {.name = name};
    struct mapping *map = NULL;
    struct diags quiet;
    diags_init(&quiet, a);
    enum rc rc = map_text(api, name, a, &text.text);
    if (rc == RC_OK)
        rc = mapping_read(&text, api->parts.model, NULL, a, &map, &quiet);
    if (rc == RC_OK) {
        json_begin_object(w);
        json_field_str(w, "name", name);
        json_field_str(w, "object", map->object->name);
        json_field_str(w, "source", map->source);
        json_end_object(w);
    }
    mapping_close(map);
    arena_free(a);
}

void api_maps(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    const struct env *env = api->parts.env;
    struct str *names = NULL;
    size_t n = 0, shown = 0;
    bool is_dir = false;
    struct json_out w;
    struct str dir = str_printf(q->arena, "%s/maps", api->parts.dir);
    if (env->exists(env->self, dir.p, &is_dir) && is_dir &&
        env->list(env->self, dir.p, q->arena, &names, &n) != RC_OK) {
        respond_problem(r, 503, "unavailable", NULL, "the folder maps/ cannot be read");
        return;
    }
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_key(&w, "maps");
    json_begin_array(&w);
    for (size_t i = 0; i < n && shown < MAPS_MAX; i++) {
        if (!str_ends(names[i], STR(".yaml")))
            continue;
        put_map(api, str_sub(names[i], 0, names[i].n - STR(".yaml").n), &w);
        shown++;
    }
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}
