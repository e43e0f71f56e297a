/* A funnel as a table whose rows carry bars: picture and table in one. The widths are the server's shares of the first stage. */
import type { Funnel } from "../gen/api";
import * as format from "./format";

export function FunnelPart({ funnel }: { funnel: Funnel }) {
    return (
        <table className="table funnel">
            <caption className="visually-hidden">{funnel.label}: records that reached each stage</caption>
            <thead>
                <tr><th scope="col">Stage</th><th scope="col"><span className="visually-hidden">Bar</span></th><th scope="col" className="num">Reached</th><th scope="col" className="num">Of the stage before</th></tr>
            </thead>
            <tbody>
                {funnel.stages.map((stage, i) => (
                    <tr key={stage.stage}>
                        <th scope="row">{stage.label}</th>
                        <td className="funnel-bar"><span aria-hidden="true" style={{ width: `${Number(stage.of_first ?? (i === 0 ? 1 : 0)) * 100}%` }} /></td>
                        <td className="num">{format.number(stage.records)}</td>
                        <td className="num soft">{stage.share === undefined ? format.noValue : format.percent(stage.share, "short")}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}
