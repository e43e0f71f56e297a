/* Ctrl/Cmd+K: one field over everything that can be opened. Knows no URL: it is given items and says which one was chosen. */
import { useState } from "react";
import { Autocomplete, Collection, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, TextField } from "react-aria-components";

export type PaletteItem = { id: string; label: string; hint?: string };
export type PaletteSection = { title: string; items: PaletteItem[] };

const MOST = 8;

function found(sections: PaletteSection[], text: string): PaletteSection[] {
    const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one: PaletteItem) => parts.every((part) => `${one.label} ${one.hint ?? ""} ${one.id}`.toLowerCase().includes(part));
    return sections.map((one) => ({ ...one, items: one.items.filter(fits).slice(0, MOST) })).filter((one) => one.items.length > 0);
}

export function Palette({ close, sections, record, choose }: {
    close: () => void;
    sections: PaletteSection[];
    /** The item for a text that is an id; undefined when it is none. */
    record: (text: string) => PaletteItem | undefined;
    choose: (id: string) => void;
}) {
    const [text, setText] = useState("");
    const byId = record(text.trim());
    const shown = byId ? [{ title: "Record", items: [byId] }] : found(sections, text);
    return (
        <ModalOverlay className="scrim" isOpen onOpenChange={(on) => { if (!on) close(); }} isDismissable>
            <Modal className="palette">
                <Dialog aria-label="Go to">
                    <Autocomplete inputValue={text} onInputChange={setText}>
                        <TextField aria-label="Metric, dashboard, object or record id" autoFocus>
                            <Input className="search" placeholder="Metric, dashboard, object or record id" />
                        </TextField>
                        <Menu className="results" aria-label="Places" items={shown} onAction={(id) => { close(); choose(String(id)); }} renderEmptyState={() => <p className="muted option">Nothing has that name. Paste an id to open a record.</p>}>
                            {(section) => (
                                <MenuSection id={section.title}>
                                    <Header className="label palette-title">{section.title}</Header>
                                    <Collection items={section.items}>
                                        {(item) => (
                                            <MenuItem id={item.id} textValue={item.label} className="option">
                                                <span>{item.label}</span>
                                                {item.hint ? <span className="muted tiny">{item.hint}</span> : null}
                                            </MenuItem>
                                        )}
                                    </Collection>
                                </MenuSection>
                            )}
                        </Menu>
                    </Autocomplete>
                    <p className="hint"><kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> open · <kbd>Esc</kbd> close</p>
                </Dialog>
            </Modal>
        </ModalOverlay>
    );
}
