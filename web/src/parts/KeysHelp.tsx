/* `?`: the keys of this interface, and the switch for single keys. */
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { setSingleKeys, useSingleKeys } from "../state/keys";

export type KeyLine = { keys: string[]; does: string };

export function KeysHelp({ close, lines }: { close: () => void; lines: KeyLine[] }) {
    const single = useSingleKeys();
    return (
        <ModalOverlay className="scrim" isOpen onOpenChange={(on) => { if (!on) close(); }} isDismissable>
            <Modal className="sheet">
                <Dialog className="stack">
                    <Heading slot="title">Keys</Heading>
                    <dl className="facts">
                        {lines.map((line) => (
                            <div key={line.does} className="contents">
                                <dt>{line.keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                                <dd>{line.does}</dd>
                            </div>
                        ))}
                    </dl>
                    <label className="row small">
                        <input type="checkbox" checked={single} onChange={(event) => setSingleKeys(event.target.checked)} />
                        Keys without Ctrl or Cmd
                    </label>
                    <div><Button className="button" slot="close">Close</Button></div>
                </Dialog>
            </Modal>
        </ModalOverlay>
    );
}
