/* Records by what people type: their title and whatever text identifies them. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { lookupQuery } from "../api/queries";
import type { ObjectDef } from "../gen/api";
import type { Lookup } from "../parts/FieldInput";
import { useModel } from "../state/model";

const TEXTS = new Set(["text", "email", "domain", "phone", "url"]);
const ID = /^[a-z]+_[0-9A-Z]+$/;

/** What a record is looked for by: how it is called, its keys, of a person the full name. */
function soughtBy(object: ObjectDef): string[] {
    const names = new Set([object.title, ...object.keys.flat(), ...(object.name === "person" ? ["full_name"] : [])]);
    return object.fields.filter((one) => names.has(one.name) && TEXTS.has(one.type)).map((one) => one.name);
}

/** "(has(a.name) && a.name.lowerAscii().contains('x')) || …" */
function whereOf(object: ObjectDef, fields: string[], text: string): string {
    const word = text.toLowerCase().replace(/[\\']/g, "\\$&");
    return fields.map((one) => `(has(${object.name}.${one}) && ${object.name}.${one}.lowerAscii().contains('${word}'))`).join(" || ");
}

export function useLookup(): Lookup {
    const queries = useQueryClient(), { object: find } = useModel();
    return useCallback(async (name, text) => {
        const object = find(name), sought = object ? soughtBy(object) : [], typed = text.trim();
        if (!object || (typed && !sought.length && !ID.test(typed))) return [];
        const asked = ID.test(typed) ? { ids: typed } : { where: typed ? whereOf(object, sought, typed) : undefined, sort: sought[0] };
        const page = await queries.fetchQuery(lookupQuery(name, { ...asked, fields: sought.join(",") || "id" }));
        return page.records.map((row) => {
            const hint = sought.map((one) => row.fields[one]?.text).find((one) => one && one !== row.title);
            return { id: row.id, label: row.title, ...(hint ? { hint } : {}) };
        });
    }, [queries, find]);
}
