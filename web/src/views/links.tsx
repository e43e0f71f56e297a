/* Links that several pages make. */
import { Link } from "@tanstack/react-router";
import type { RefLink } from "../parts/CellValue";

export const refLink: RefLink = (field, id, children) => (
    // People are named by their short name, which is no record id; their page is reached through the records of person.
    field.to && id.includes("_") ? <Link to="/records/$object/$id" params={{ object: field.to, id }} className="cell">{children}</Link> : children
);
