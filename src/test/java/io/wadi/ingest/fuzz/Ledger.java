package io.wadi.ingest.fuzz;

import io.wadi.ingest.fuzz.Fuzzed.Match;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The requests and responses of a client, in a file, so that they take none of the measured heap. For one thread. */
final class Ledger implements AutoCloseable {
    private final DataOutputStream out;

    Ledger(Path file) throws IOException {
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    /**
     * A request and its outcome.
     *
     * @param answered whether exactly the records that the response reports are stored
     * @param unplaced the number of records that the response reports as stored without their location
     */
    record Entry(Match match, List<byte[]> sent, boolean answered, int unplaced, List<RecordLocation> locations) {
        /** Returns whether a record at this index, or at any index if it is -1, may have this value. */
        boolean fits(int index, byte[] value) {
            if (match == Match.EACH && index >= 0) {
                return index < sent.size() && (fits(sent.get(index), value) || (index == 0 && fitsAfterMark(value)));
            }
            return fitsAfterMark(value) || sent.stream().anyMatch(each -> fits(each, value));
        }

        /** A byte order mark at the beginning of a body is not part of its first event. */
        private boolean fitsAfterMark(byte[] value) {
            return fits(sent.get(0), Bytes.join(Bytes.MARK, value));
        }

        private boolean fits(byte[] one, byte[] value) {
            return switch (match) {
                case EACH -> Arrays.equals(Bytes.trimmed(one), value);
                case ANY -> true;
                case PART -> Bytes.contains(one, value);
                case WITHIN, PIXEL -> Bytes.contains(value, one);
            };
        }
    }

    void write(Entry entry) throws IOException {
        out.writeUTF(entry.match.name());
        out.writeBoolean(entry.answered);
        out.writeInt(entry.unplaced);
        out.writeInt(entry.sent.size());
        for (byte[] each : entry.sent) {
            out.writeInt(each.length);
            out.write(each);
        }
        out.writeInt(entry.locations.size());
        for (RecordLocation each : entry.locations) {
            out.writeInt(each.index());
            out.writeUTF(each.topic());
            out.writeInt(each.partition());
            out.writeLong(each.offset());
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Passes all entries of a file to the visitor. */
    static void read(Path file, Consumer<Entry> visitor) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                String match;
                try {
                    match = in.readUTF();
                } catch (EOFException end) {
                    return;
                }
                visitor.accept(entry(Match.valueOf(match), in));
            }
        }
    }

    private static Entry entry(Match match, DataInputStream in) throws IOException {
        boolean answered = in.readBoolean();
        int unplaced = in.readInt();
        List<byte[]> sent = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            sent.add(in.readNBytes(in.readInt()));
        }
        List<RecordLocation> locations = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            locations.add(new RecordLocation(in.readInt(), in.readUTF(), in.readInt(), in.readLong()));
        }
        return new Entry(match, sent, answered, unplaced, locations);
    }
}
