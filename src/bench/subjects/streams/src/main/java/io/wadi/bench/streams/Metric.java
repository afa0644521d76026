package io.wadi.bench.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The fields of a metric document that routing needs, read in one pass that ends when they are known. */
final class Metric {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] TIMESTAMP = ",\"timestamp\":\"".getBytes(UTF_8);

    private final byte[] source;
    private String metricset;
    private double share = Double.NaN;
    private String timestamp;
    private int hostFrom;
    private int hostTo;

    private Metric(byte[] source) {
        this.source = source;
    }

    static Metric read(byte[] source) {
        Metric metric = new Metric(source);
        try (JsonParser json = JSON.createParser(source)) {
            json.nextToken();
            metric.document(json);
            return metric;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAbout(String name) {
        return name.equals(metricset);
    }

    /** Returns the used share. */
    double share() {
        return share;
    }

    byte[] source() {
        return source;
    }

    /** Returns the host object with the document's time. */
    byte[] alert() {
        ByteArrayOutputStream alert = new ByteArrayOutputStream(hostTo - hostFrom + 64);
        alert.write(source, hostFrom, hostTo - 1 - hostFrom);
        alert.writeBytes(TIMESTAMP);
        alert.writeBytes(timestamp.getBytes(UTF_8));
        alert.write('"');
        alert.write('}');
        return alert.toByteArray();
    }

    /** Returns whether all needed fields have been read; those of an alert are needed only if there is one. */
    private boolean isKnown() {
        if (metricset == null) {
            return false;
        }
        return switch (metricset) {
            case "cpu" -> isDecided(CarefulRouting.CPU_THRESHOLD);
            case "memory" -> isDecided(CarefulRouting.MEMORY_THRESHOLD);
            default -> true;
        };
    }

    private boolean isDecided(double threshold) {
        return share <= threshold || (share > threshold && hostTo > 0 && timestamp != null);
    }

    private void document(JsonParser json) throws IOException {
        for (String name = json.nextFieldName(); name != null && !isKnown(); name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "@timestamp" -> timestamp = json.getText();
                case "metricset" -> metricset(json);
                case "host" -> {
                    hostFrom = (int) json.currentTokenLocation().getByteOffset();
                    json.skipChildren();
                    hostTo = (int) json.currentLocation().getByteOffset();
                }
                case "system" -> system(json);
                default -> json.skipChildren();
            }
        }
    }

    private void metricset(JsonParser json) throws IOException {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            if (name.equals("name")) {
                metricset = json.getText();
            } else {
                json.skipChildren();
            }
        }
    }

    private void system(JsonParser json) throws IOException {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "cpu" -> cpu(json);
                case "memory" -> share = number(json, "actual", "used", "pct");
                default -> json.skipChildren();
            }
            if (isKnown()) {
                return;
            }
        }
    }

    private void cpu(JsonParser json) throws IOException {
        double cores = Double.NaN;
        double total = Double.NaN;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "cores" -> cores = json.getDoubleValue();
                case "total" -> total = total(json);
                default -> json.skipChildren();
            }
            if (Double.isNaN(share)) {
                share = total / cores;
            }
            if (isKnown()) {
                return;
            }
        }
    }

    /** Returns the usage of all cores; also reads the share if it is present. */
    private double total(JsonParser json) throws IOException {
        double total = Double.NaN;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "pct" -> total = json.getDoubleValue();
                case "norm" -> share = number(json, "pct");
                default -> json.skipChildren();
            }
        }
        return total;
    }

    /** Returns the number at a path in the object that begins here, which is read to its end. */
    private static double number(JsonParser json, String... path) throws IOException {
        return number(json, 0, path);
    }

    private static double number(JsonParser json, int depth, String... path) throws IOException {
        double found = Double.NaN;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            if (!name.equals(path[depth])) {
                json.skipChildren();
            } else if (depth == path.length - 1) {
                found = json.getDoubleValue();
            } else {
                found = number(json, depth + 1, path);
            }
        }
        return found;
    }
}
