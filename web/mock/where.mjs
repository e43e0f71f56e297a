// where.mjs - the few conditions that the mock understands: comparisons of one field, has(), joined by &&.
import { byId } from "./data.mjs";
import { model } from "./model.mjs";
import { Refused } from "./answers.mjs";

const TERM = /^\s*(!?)\s*(?:has\(([\w.]+)\)|([\w.]+)(?:\s*(==|!=|>=|<=|>|<)\s*('[^']*'|-?[\d.]+|true|false))?)\s*$/;

function refuse(text, at, length, message, help) {
    throw new Refused(422, "bad_expression", "The condition does not compile", {
        parameter: "where", detail: message,
        diagnostics: [{ severity: "error", code: "E0201", message, help, file: "where", line: 1, column: at + 1, end_line: 1, end_column: at + 1 + length }],
    });
}

export function compileWhere(text, object) {
    let offset = 0;
    const terms = text.split("&&").map((part) => {
        const start = offset + (part.length - part.trimStart().length), found = TERM.exec(part);
        offset += part.length + 2;
        if (!found) refuse(text, start, Math.max(1, part.trim().length), "this is not a condition", `Write something like ${object}.owner == 'sam'.`);
        const path = (found[2] ?? found[3]).split(".");
        let fields = model.objects.find((one) => one.name === object).fields;
        if (path[0] !== object) refuse(text, start, path[0].length, `'${path[0]}' is not in scope`, `Records here are named ${object}: ${object}.${path.at(-1)}`);
        for (const step of path.slice(1)) {
            const field = fields.find((one) => one.name === step);
            if (!field) refuse(text, start + part.trimStart().indexOf(step), step.length, `${path.slice(0, path.indexOf(step)).join(".")} has no field '${step}'`, `It has ${fields.slice(4, 9).map((one) => one.name).join(", ")} …`);
            fields = model.objects.find((one) => one.name === field.to)?.fields ?? [];
        }
        const literal = found[5] === undefined ? undefined : found[5].startsWith("'") ? found[5].slice(1, -1) : found[5] === "true" || found[5] === "false" ? found[5] === "true" : Number(found[5]);
        return (record) => {
            let at = record, value;
            for (const step of path.slice(1)) { value = step === "id" ? at?.id : at?.values[step]; at = byId.get(value) ?? (typeof value === "string" ? { values: { name: value } } : undefined); }
            const holds = found[2] ? value !== undefined && value !== null : found[4] ? value !== undefined && value !== null && { "==": value === literal, "!=": value !== literal, ">": value > literal, "<": value < literal, ">=": value >= literal, "<=": value <= literal }[found[4]] : value === true;
            return found[1] ? !holds : holds;
        };
    });
    return (record) => terms.every((term) => term(record));
}
