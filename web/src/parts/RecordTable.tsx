/* A long table of records: columns by TanStack Table, only the rows in view by TanStack Virtual, the next page asked for near the end. */
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import type { Field, RecordRow } from "../gen/api";
import { CellView, isNumeric, type RefLink } from "./CellValue";
import { Icon } from "./Icon";

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, RecordRow>();
const ROW = 38;

export function RecordTable({ rows, total, fields, zone, sort, onSort, link, title, more, caption }: {
    rows: RecordRow[];
    total: number;
    fields: Field[];
    zone: string;
    sort: string | undefined;
    onSort: (sort: string) => void;
    link: RefLink;
    title: (row: RecordRow) => ReactNode;
    more: (() => void) | undefined;
    caption: string;
}) {
    const columns = useMemo(() => fields.map((field) =>
        helper.display({ id: field.name, header: field.label, cell: ({ row }) => <CellView cell={row.original.fields[field.name]} field={field} zone={zone} link={link} /> })), [fields, zone, link]);
    const table = useTable({ features, columns, data: rows, getRowId: (row) => row.id });
    const scroller = useRef<HTMLDivElement>(null);
    const list = table.getRowModel().rows;
    const virtual = useVirtualizer({ count: list.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });
    const items = virtual.getVirtualItems(), last = items.at(-1)?.index ?? 0;
    useEffect(() => {
        if (more && last >= list.length - 20) more();
    }, [more, last, list.length]);
    const before = items[0]?.start ?? 0, after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
    const byName = new Map(fields.map((field) => [field.name, field]));
    const head = (name: string, label: string) => {
        const up = sort === name, down = sort === `-${name}`;
        return (
            <th key={name} scope="col" aria-sort={up ? "ascending" : down ? "descending" : "none"} className={isNumeric(byName.get(name)) ? "num" : undefined}>
                <button type="button" className="sort" onClick={() => onSort(up ? `-${name}` : name)}>{label}{up ? <Icon name="up" /> : down ? <Icon name="down" /> : null}</button>
            </th>
        );
    };
    return (
        <div className="record-scroll" ref={scroller} tabIndex={0} role="group" aria-label={caption}>
            <table className="table dense" aria-rowcount={total + 1}>
                <caption className="visually-hidden">{caption}</caption>
                <thead>
                    {table.getHeaderGroups().map((group) => (
                        <tr key={group.id}><th scope="col">Record</th>{group.headers.map((one) => head(one.column.id, String(one.column.columnDef.header)))}</tr>
                    ))}
                </thead>
                <tbody>
                    {before > 0 ? <tr aria-hidden="true" className="spacer"><td colSpan={columns.length + 1} style={{ height: before }} /></tr> : null}
                    {items.map((item) => {
                        const row = list[item.index]!;
                        return (
                            <tr key={row.id} aria-rowindex={item.index + 2}>
                                <th scope="row">{title(row.original)}</th>
                                {row.getAllCells().map((cell) => <td key={cell.id} className={isNumeric(byName.get(cell.column.id)) ? "num" : undefined}><table.FlexRender cell={cell} /></td>)}
                            </tr>
                        );
                    })}
                    {after > 0 ? <tr aria-hidden="true" className="spacer"><td colSpan={columns.length + 1} style={{ height: after }} /></tr> : null}
                </tbody>
            </table>
        </div>
    );
}
