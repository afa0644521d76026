package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.AlertRule.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The binary form of one host's states: version (1 byte), the host's newest timestamp (8), then for each rule with
 * documents of the host, and for each kind of documents that these rules select:
 * <ul>
 *   <li>its fingerprint, or the identity of the documents (8 bytes);
 *   <li>a flags byte (bits 0-1 state, bit 2 no data, bit 3 recovering);
 *   <li>as varints of 7 bits, low bits first: newest minus last seen, last seen minus alert start (if active), last
 *       seen minus recovery start (if recovering);
 *   <li>if the rule is active, its name, severity, threshold and labels.
 * </ul>
 */
final class StateBytes {
    static final int VERSION = 1;
    private static final int STATE = 3;
    private static final int NO_DATA_BIT = 4;
    private static final int BACK = 8;

    private StateBytes() {}

    static byte[] write(List<StoredState> states) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 + 12 * states.size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            long newest = states.stream().mapToLong(StoredState::lastSeen).max().orElse(0);
            out.writeByte(VERSION);
            out.writeLong(newest);
            for (StoredState state : states) {
                write(out, newest, state);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing alert state to a byte array failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, long newest, StoredState state) throws IOException {
        boolean isBack = state.backSince() > 0;
        out.writeLong(state.fingerprint());
        out.writeByte(state.state().code | (state.noData() ? NO_DATA_BIT : 0) | (isBack ? BACK : 0));
        writeNumber(out, newest - state.lastSeen());
        if (state.state() != State.INACTIVE) {
            writeNumber(out, state.lastSeen() - state.since());
        }
        if (isBack) {
            writeNumber(out, state.lastSeen() - state.backSince());
        }
        if (state.origin() != null) {
            writeOrigin(out, state.origin());
        }
    }

    private static void writeOrigin(DataOutputStream out, Origin origin) throws IOException {
        out.writeUTF(origin.name());
        out.writeUTF(origin.severity());
        out.writeDouble(origin.threshold());
        out.writeByte(origin.labels().size());
        for (Map.Entry<String, String> label : origin.labels().entrySet()) {
            out.writeUTF(label.getKey());
            out.writeUTF(label.getValue());
        }
    }

    private static void writeNumber(DataOutputStream out, long number) throws IOException {
        long rest = number;
        while (rest > 0x7f) {
            out.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /**
     * Parses the states of a host.
     *
     * @throws IllegalArgumentException if the bytes are invalid or of another version
     */
    static List<StoredState> read(byte[] bytes) {
        List<StoredState> states = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("found version " + version + ", expected " + VERSION);
            }
            long newest = in.readLong();
            while (in.available() > 0) {
                states.add(read(in, newest));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "alert state of %d bytes: %s"
                            .formatted(bytes.length, e.getMessage() == null ? "truncated" : e.getMessage()),
                    e);
        }
        return states;
    }

    private static StoredState read(DataInputStream in, long newest) throws IOException {
        long fingerprint = in.readLong();
        int bits = in.readUnsignedByte();
        if (State.of(bits & STATE) == State.RESOLVED || bits > (STATE | NO_DATA_BIT | BACK)) {
            throw new IOException("found invalid state bits " + bits);
        }
        State state = State.of(bits & STATE);
        boolean noData = (bits & NO_DATA_BIT) != 0;
        long lastSeen = newest - readNumber(in);
        long since = state == State.INACTIVE ? 0 : lastSeen - readNumber(in);
        long backSince = (bits & BACK) == 0 ? 0 : lastSeen - readNumber(in);
        if (lastSeen < 1 || since < 0 || backSince < 0) {
            throw new IOException("found a time before 1970");
        }
        boolean isActive = noData || state != State.INACTIVE;
        return new StoredState(
                fingerprint, isActive ? readOrigin(in, fingerprint) : null, state, noData, lastSeen, since, backSince);
    }

    private static Origin readOrigin(DataInputStream in, long fingerprint) throws IOException {
        String name = in.readUTF();
        String severity = in.readUTF();
        double threshold = in.readDouble();
        int count = in.readUnsignedByte();
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            labels.put(in.readUTF(), in.readUTF());
        }
        return new Origin(fingerprint, name, severity, labels, threshold);
    }

    private static long readNumber(DataInputStream in) throws IOException {
        long number = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int bits = in.readUnsignedByte();
            number |= (long) (bits & 0x7f) << shift;
            if (bits < 0x80) {
                return number;
            }
        }
        throw new IOException("found a number of more than 63 bits");
    }
}
