package dev.vls.replay.snapshot;

import dev.vls.machine.control.ShutdownAction;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.Sha256;
import dev.vls.replay.snapshot.SnapshotDescription.DataFile;
import dev.vls.replay.snapshot.SnapshotDescription.Disk;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/**
 * The configuration file of a snapshot, as text and back; docs/spec/snapshot-files.md. The text
 * ends in a comment with the SHA-256 of all before it.
 */
public final class SnapshotXml {
    private static final String VERSION = "1";
    private static final String SUM_START = "<!-- sha256 ";
    private static final String SUM_END = " -->\n";
    private static final int SUM_LENGTH = SUM_START.length() + 64 + SUM_END.length();
    private static final int ELEMENTS_MAX = 1024;

    private SnapshotXml() {}

    // --- writing ---

    /** The file's text. */
    public static String write(SnapshotDescription snapshot) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("snapshot");
            xml.writeAttribute("version", VERSION);
            xml.writeAttribute("guid", snapshot.guid());
            xml.writeAttribute("tool", snapshot.tool());
            xml.writeAttribute("instructions", Long.toString(snapshot.instructions()));
            xml.writeCharacters("\n");
            guest(xml, snapshot.guest());
            for (int i = 0; i < snapshot.disks().size(); i++) {
                VirtualDisk given = snapshot.guest().disks().get(i);
                Disk disk = snapshot.disks().get(i);
                element(
                        xml,
                        "disk",
                        "path",
                        given.node().path(),
                        "writable",
                        Boolean.toString(given.node().writable()),
                        "sectors",
                        Long.toString(given.sectors()),
                        "discards",
                        Boolean.toString(given.discards()),
                        "image",
                        disk.path(),
                        "sha256",
                        disk.sha256());
            }
            file(xml, "memory", snapshot.memory());
            file(xml, "state", snapshot.state());
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new SnapshotException("the configuration cannot be written", e);
        }
        return text + SUM_START + Sha256.hex(text.toString()) + SUM_END;
    }

    private static void guest(XMLStreamWriter xml, GuestDescription guest)
            throws XMLStreamException {
        element(
                xml,
                "guest",
                "name",
                guest.name(),
                "kernel",
                guest.kernel(),
                "ramdisk",
                guest.ramdisk(),
                "memory",
                Long.toString(guest.memoryBytes()),
                "vcpus",
                Integer.toString(guest.vcpus()));
        textElement(xml, "cmdline", guest.commandLine());
        textElement(xml, "cpuid", guest.cpuid());
        element(
                xml,
                "clock",
                "source",
                guest.clock().virtual() ? "virtual" : "host",
                "shift",
                Integer.toString(guest.clock().shift()),
                "wall_seconds",
                Long.toString(guest.clock().wallSeconds()),
                "seed",
                Long.toString(guest.clock().seed()));
        element(
                xml,
                "actions",
                "on_poweroff",
                guest.actions().onPoweroff().toString(),
                "on_reboot",
                guest.actions().onReboot().toString(),
                "on_watchdog",
                guest.actions().onWatchdog().toString(),
                "on_crash",
                guest.actions().onCrash().toString());
        for (DomainDescription.Interface network : guest.interfaces()) {
            element(
                    xml,
                    "network",
                    "mac",
                    network.mac(),
                    "bridge",
                    network.bridge(),
                    "offloads",
                    Boolean.toString(network.offloads()));
        }
    }

    private static void file(XMLStreamWriter xml, String name, DataFile file)
            throws XMLStreamException {
        element(
                xml,
                name,
                "file",
                file.name(),
                "bytes",
                Long.toString(file.bytes()),
                "sha256",
                file.sha256());
    }

    private static void element(XMLStreamWriter xml, String name, String... attributes)
            throws XMLStreamException {
        xml.writeCharacters("  ");
        xml.writeEmptyElement(name);
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
        xml.writeCharacters("\n");
    }

    private static void textElement(XMLStreamWriter xml, String name, String text)
            throws XMLStreamException {
        xml.writeCharacters("  ");
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    // --- reading ---

    /**
     * Reads a file's text.
     *
     * @param name of the file, for errors
     * @param text anything
     * @throws SnapshotException if it is no snapshot's configuration, or damaged
     */
    public static SnapshotDescription read(String name, String text) {
        int end = text.length() - SUM_LENGTH;
        if (end < 0 || !text.startsWith(SUM_START, end) || !text.endsWith(SUM_END)) {
            throw new SnapshotException(name + ": is no snapshot's configuration, or cut off");
        }
        String body = text.substring(0, end);
        String sum = text.substring(end + SUM_START.length(), text.length() - SUM_END.length());
        if (!sum.equals(Sha256.hex(body))) {
            throw new SnapshotException(name + ": damaged: its text has another checksum");
        }
        return description(Elements.read(name, body));
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Elements by name, in their order, each with its attributes and, under "", its text. */
    private static final class Elements {
        private final String name;
        private final Map<String, List<Map<String, String>>> all = new TreeMap<>();
        private int count;

        private Elements(String name) {
            this.name = name;
        }

        static Elements read(String name, String text) {
            Elements elements = new Elements(name);
            try {
                elements.add(text);
            } catch (XMLStreamException | MissingResourceException e) {
                // The parser lacks the texts of some of its own errors.
                throw new SnapshotException("%s: no XML (%s)".formatted(name, firstLine(e)), e);
            }
            return elements;
        }

        private void add(String text) throws XMLStreamException {
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
            Map<String, String> open = new TreeMap<>();
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    if (++count > ELEMENTS_MAX) {
                        throw unusable("it has too many elements");
                    }
                    open = new TreeMap<>();
                    for (int i = 0; i < xml.getAttributeCount(); i++) {
                        open.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
                    }
                    all.computeIfAbsent(xml.getLocalName(), key -> new ArrayList<>()).add(open);
                } else if (event == XMLStreamConstants.CHARACTERS) {
                    open.merge("", xml.getText(), String::concat);
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    open = new TreeMap<>();
                }
            }
        }

        SnapshotException unusable(String what) {
            return new SnapshotException(name + ": " + what);
        }

        List<Map<String, String>> list(String element) {
            return all.getOrDefault(element, List.of());
        }

        Map<String, String> one(String element) {
            if (list(element).size() != 1) {
                throw unusable("it has not one element " + element);
            }
            return list(element).getFirst();
        }

        String text(Map<String, String> element, String attribute) {
            String value = element.get(attribute);
            if (value == null) {
                throw unusable("an element has no " + attribute);
            }
            return value;
        }

        /** From 0 on. */
        long number(Map<String, String> element, String attribute, long max) {
            long number = signed(element, attribute);
            if (number < 0 || number > max) {
                throw unusable("%s is no number that it can be".formatted(attribute));
            }
            return number;
        }

        long signed(Map<String, String> element, String attribute) {
            try {
                return Long.parseLong(text(element, attribute));
            } catch (NumberFormatException e) {
                throw unusable("%s is no number that it can be".formatted(attribute));
            }
        }

        boolean flag(Map<String, String> element, String attribute) {
            String value = text(element, attribute);
            if (!value.equals("true") && !value.equals("false")) {
                throw unusable(attribute + " is neither true nor false");
            }
            return value.equals("true");
        }

        ShutdownAction action(String attribute) {
            String word = text(one("actions"), attribute);
            for (ShutdownAction action : ShutdownAction.values()) {
                if (action.toString().equals(word)) {
                    return action;
                }
            }
            throw unusable(attribute + " is none of destroy, restart, preserve");
        }

        DataFile file(String element) {
            Map<String, String> file = one(element);
            String fileName = text(file, "file");
            if (fileName.isEmpty() || fileName.contains("/") || fileName.startsWith(".")) {
                throw unusable("the " + element + " is no file beside it");
            }
            return new DataFile(
                    fileName, number(file, "bytes", Long.MAX_VALUE), text(file, "sha256"));
        }
    }

    private static SnapshotDescription description(Elements e) {
        Map<String, String> root = e.one("snapshot");
        String version = e.text(root, "version");
        if (!version.equals(VERSION)) {
            throw e.unusable(
                    "a snapshot of version %s; this vls reads version %s"
                            .formatted(version, VERSION));
        }
        List<Disk> disks = new ArrayList<>();
        List<VirtualDisk> given = new ArrayList<>();
        for (Map<String, String> disk : e.list("disk")) {
            if (disks.size() == 16) {
                throw e.unusable("it has too many disks");
            }
            disks.add(new Disk(e.text(disk, "image"), e.text(disk, "sha256")));
            given.add(
                    new VirtualDisk(
                            new DomainDescription.Disk(
                                    given.size(), e.text(disk, "path"), e.flag(disk, "writable")),
                            e.number(disk, "sectors", 1L << 54),
                            e.flag(disk, "discards")));
        }
        return new SnapshotDescription(
                e.text(root, "guid"),
                e.text(root, "tool"),
                e.number(root, "instructions", Long.MAX_VALUE),
                guest(e, given),
                disks,
                e.file("memory"),
                e.file("state"));
    }

    private static GuestDescription guest(Elements e, List<VirtualDisk> disks) {
        Map<String, String> guest = e.one("guest");
        Map<String, String> clock = e.one("clock");
        List<DomainDescription.Interface> networks = new ArrayList<>();
        for (Map<String, String> network : e.list("network")) {
            networks.add(
                    new DomainDescription.Interface(
                            networks.size(),
                            e.text(network, "mac"),
                            e.text(network, "bridge"),
                            e.flag(network, "offloads")));
        }
        long memoryBytes = e.number(guest, "memory", Long.MAX_VALUE);
        long vcpus = e.number(guest, "vcpus", DomainConfiguration.MAX_VCPUS);
        if (!GuestDescription.isMemorySize(memoryBytes) || vcpus < 1) {
            throw e.unusable("no guest has such memory or so many vCPUs");
        }
        return new GuestDescription(
                e.text(guest, "name"),
                e.text(guest, "kernel"),
                e.text(guest, "ramdisk"),
                e.one("cmdline").getOrDefault("", ""),
                memoryBytes,
                (int) vcpus,
                e.one("cpuid").getOrDefault("", ""),
                new GuestDescription.Clock(
                        e.text(clock, "source").equals("virtual"),
                        clock.containsKey("shift")
                                ? (int) e.number(clock, "shift", DomainConfiguration.SHIFT_MAX)
                                : 0,
                        e.signed(clock, "wall_seconds"),
                        e.signed(clock, "seed")),
                disks,
                networks,
                new ShutdownActions(
                        e.action("on_poweroff"),
                        e.action("on_reboot"),
                        e.action("on_watchdog"),
                        e.action("on_crash")));
    }
}
