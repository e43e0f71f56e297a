/* Who acts, of those who are there. */
import type { RecordRow } from "../gen/api";
import { Select } from "./Select";

export type Named = { id: string; label: string; hint?: string };

/** People by short name; those who left are not offered. */
export function namedPeople(rows: RecordRow[]): Named[] {
    return rows.filter((one) => one.fields["active"]?.value !== false).flatMap((one) => {
        const name = String(one.fields["name"]?.value ?? ""), role = one.fields["role"]?.text;
        return name ? [{ id: name, label: one.fields["full_name"]?.text || name, ...(role ? { hint: role.replaceAll("_", " ") } : {}) }] : [];
    }).sort((a, b) => a.label.localeCompare(b.label));
}

export function PersonSelect({ label, people, value, onChange }: { label: string; people: Named[]; value: string; onChange: (name: string) => void }) {
    const known = people.some((one) => one.id === value) || !value ? people : [{ id: value, label: value }, ...people];
    return <Select label={label} value={value} choices={[{ id: "", label: "Nobody named" }, ...known]} onChange={onChange} />;
}
