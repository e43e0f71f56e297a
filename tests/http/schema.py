"""schema - answers against the OpenAPI document of the program.

In:     REVOS, the binary; JSON values.   Out: what differs from a schema, as sentences.
Knows:  the words of JSON Schema that src/door/shape.c writes, and no others: an unknown one is an error.
"""
import json
import os
import re
import subprocess

REVOS = os.environ.get("REVOS", "build/revos")
DOCUMENT = json.loads(subprocess.run([REVOS, "openapi"], capture_output=True, check=True).stdout)
SCHEMAS = DOCUMENT["components"]["schemas"]
ROUTES = [(method.upper(), re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), operation)
          for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()]
WORDS = {"$ref", "type", "enum", "const", "anyOf", "items", "properties", "required", "additionalProperties"}
TYPES = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict}


def is_type(value, name):
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def of_object(value, schema, path):
    known, rest = schema.get("properties", {}), schema.get("additionalProperties")
    out = [f"{path}.{name}: missing" for name in schema.get("required", []) if name not in value]
    for name, one in value.items():
        if name in known:
            out += differences(one, known[name], f"{path}.{name}")
        elif rest is False:
            out.append(f"{path}.{name}: not in the schema")
        else:
            out += differences(one, rest or {}, f"{path}.{name}")
    return out


def differences(value, schema, path="$"):
    assert set(schema) <= WORDS, f"no rule for {set(schema) - WORDS}"
    if "$ref" in schema:
        return differences(value, SCHEMAS[schema["$ref"].rsplit("/", 1)[1]], path)
    if "anyOf" in schema:
        found = [differences(value, one, path) for one in schema["anyOf"]]
        return [] if any(not one for one in found) else min(found, key=len)
    if "const" in schema:
        return [] if value is schema["const"] else [f"{path}: {value!r} is not {schema['const']!r}"]
    if "type" in schema and not is_type(value, schema["type"]):
        return [f"{path}: {value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, dict):
        return of_object(value, schema, path)
    if isinstance(value, list):
        return [d for i, one in enumerate(value) for d in differences(one, schema.get("items", {}), f"{path}[{i}]")]
    return []


def faults(value, name):
    """What differs from the schema of this name."""
    return differences(value, SCHEMAS[name])


def misfits(method, path, status, value):
    """What differs from what the route says it answers; a path that is no route answers a problem."""
    route = path.split("?")[0]
    operation = next((one for verb, pattern, one in ROUTES if verb == method and pattern.match(route)), None)
    if status != 200 or operation is None:
        return faults(value, "Problem")
    return differences(value, operation["responses"]["200"]["content"]["application/json"]["schema"])
