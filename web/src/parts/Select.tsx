import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from "react-aria-components";
import { Icon } from "./Icon";

export type Choice = { id: string; label: string; hint?: string };

/** One of a list. The empty id stands for "none". */
export function Select({ label, value, choices, onChange, hideLabel }: {
    label: string;
    value: string;
    choices: readonly Choice[];
    onChange: (id: string) => void;
    hideLabel?: boolean;
}) {
    return (
        <AriaSelect className="field" value={value} onChange={(key) => onChange(String(key ?? ""))} {...(hideLabel ? { "aria-label": label } : {})}>
            {hideLabel ? null : <Label className="label">{label}</Label>}
            <Button className="select-button">
                <SelectValue className="select-value">{choices.find((one) => one.id === value)?.label ?? value}</SelectValue>
                <Icon name="chevron" />
            </Button>
            <Popover className="popover">
                <ListBox className="listbox" items={choices}>
                    {(one) => (
                        <ListBoxItem id={one.id} textValue={one.label} className="option">
                            <span>{one.label}</span>
                            {one.hint ? <span className="muted tiny">{one.hint}</span> : null}
                        </ListBoxItem>
                    )}
                </ListBox>
            </Popover>
        </AriaSelect>
    );
}
