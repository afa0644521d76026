package io.wadi.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonParsers;
import io.wadi.metrics.MetricDocument.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.util.function.ThrowingBiConsumer;

/**
 * A single-pass parser driven by a tree of the known fields. Other fields are skipped after their JSON syntax is
 * checked; null counts as absent, except in {@code host.timestamp}.
 *
 * <p>Limits on nesting and on the length of numbers, names and strings are Jackson's defaults. In skipped strings only
 * the structure of UTF-8 is checked, so overlong forms are accepted.
 */
final class MetricDocumentParser {
    private static final JsonParsers JSON = new JsonParsers(new JsonFactory());

    /** A known field: a value with its own reader, or an object with its known members as children. */
    private static final class Field {
        private static int count;

        final long bit = 1L << count++;
        final String pointer;
        final Map<String, Field> members = new HashMap<>();
        ThrowingBiConsumer<MetricDocumentParser, Field, IOException> reader = MetricDocumentParser::members;

        Field(String pointer) {
            this.pointer = pointer;
        }

        /** Declares a field by its path below this one. */
        Field with(String path, ThrowingBiConsumer<MetricDocumentParser, Field, IOException> reader) {
            Field field = this;
            for (String name : path.split("/", -1)) {
                String pointer = field.pointer + "/" + name;
                field = field.members.computeIfAbsent(name, unseen -> new Field(pointer));
            }
            field.reader = reader;
            return this;
        }
    }

    private static final String HOST_TIMESTAMP = "host/timestamp";

    private static final Field DOCUMENT = new Field("")
            .with("@timestamp", MetricDocumentParser::timestamp)
            .with("metricset/name", (p, at) -> p.metricset = p.text(at))
            .with("event/dataset", (p, at) -> p.dataset = p.text(at))
            .with("error/message", (p, at) -> p.errorMessage = p.text(at))
            .with("host", MetricDocumentParser::host)
            .with("host/name", (p, at) -> p.hostName = p.text(at))
            .with(HOST_TIMESTAMP, (p, at) -> p.refuse(at, "nothing: alerts carry @timestamp under this name"))
            .with("system/cpu/cores", MetricDocumentParser::cores)
            .with("system/cpu/total/pct", (p, at) -> p.cpuTotalPct = p.number(at, Double.MAX_VALUE, "a number from 0"))
            .with("system/cpu/total/norm/pct", (p, at) -> p.cpuPct = p.share(at))
            .with("system/memory/actual/used/pct", (p, at) -> p.memoryPct = p.share(at));

    private final JsonParser json;

    private String metricset;
    private String dataset;
    private String hostName;
    private String timestamp;
    private String errorMessage;
    private Double cpuPct;
    private Double memoryPct;
    private Slice host;
    private Slice timestampToken;
    private long seen;
    private Double cpuTotalPct;
    private Integer cores;

    private MetricDocumentParser(JsonParser json) {
        this.json = json;
    }

    /** See {@link MetricDocument#read}. */
    static MetricDocument parse(byte[] document) {
        try {
            return JSON.parse(ByteBuffer.wrap(document), json -> {
                MetricDocumentParser parser = new MetricDocumentParser(json);
                parser.document();
                return parser.fields(document);
            });
        } catch (JsonProcessingException e) {
            throw new MetricDocumentException(MetricDocumentException.notJson(e), e);
        } catch (IOException e) {
            throw new MetricDocumentException("not JSON in UTF-8: " + MetricDocumentException.quote(e.getMessage()), e);
        }
    }

    private void document() throws IOException {
        if (json.nextToken() == null) {
            throw new MetricDocumentException("found nothing, expected a JSON object");
        }
        if (json.currentTokenLocation().getByteOffset() < 0) {
            throw new MetricDocumentException("found UTF-16 or UTF-32, expected UTF-8");
        }
        members(DOCUMENT);
        if (json.nextToken() != null) {
            throw new MetricDocumentException("found " + MetricDocumentException.found(json) + " at line "
                    + json.currentTokenLocation().getLineNr() + ", column "
                    + json.currentTokenLocation().getColumnNr() + ", after the document's end, expected nothing");
        }
        require("/@timestamp", timestamp);
        require("/metricset/name", metricset);
        require("/host/name", hostName);
        normalizeCpu();
    }

    private MetricDocument fields(byte[] document) {
        return new MetricDocument(
                document,
                metricset,
                dataset,
                hostName,
                timestamp,
                errorMessage,
                cpuPct,
                memoryPct,
                host,
                timestampToken);
    }

    private void members(Field object) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            refuse(object, "an object");
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            Field member = object.members.get(name);
            if (member == null) {
                json.skipChildren();
            } else if (value != JsonToken.VALUE_NULL || member.pointer.equals("/" + HOST_TIMESTAMP)) {
                read(member);
            }
        }
    }

    /**
     * Reads a known field. Rejects duplicates of known fields only: Jackson's own detection takes a fifth of the time.
     */
    private void read(Field member) throws IOException {
        if ((seen & member.bit) != 0) {
            throw new MetricDocumentException(member.pointer + ": found twice, expected once");
        }
        seen |= member.bit;
        member.reader.accept(this, member);
    }

    private void host(Field field) throws IOException {
        int from = tokenStart();
        members(field);
        host = new Slice(from, offset());
    }

    private void timestamp(Field field) throws IOException {
        timestamp = text(field);
        timestampToken = new Slice(tokenStart(), offset());
    }

    private void cores(Field field) throws IOException {
        boolean whole =
                json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT;
        if (!whole || json.getIntValue() < 1) {
            refuse(field, "a whole number from 1");
        }
        cores = json.getIntValue();
    }

    private String text(Field field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            refuse(field, "a string");
        }
        return json.getText();
    }

    private double share(Field field) throws IOException {
        return number(field, 1, "a number from 0 to 1");
    }

    private double number(Field field, double highest, String allowed) throws IOException {
        boolean number = json.currentToken().isNumeric();
        if (!number || !(json.getDoubleValue() >= 0 && json.getDoubleValue() <= highest)) {
            refuse(field, allowed);
        }
        return json.getDoubleValue();
    }

    private void normalizeCpu() {
        if (cpuPct != null || cpuTotalPct == null) {
            return;
        }
        if (cores == null) {
            throw new MetricDocumentException(
                    "/system/cpu/cores: missing, needed to normalize /system/cpu/total/pct, expected a whole number"
                            + " from 1");
        }
        double share = Math.rint(cpuTotalPct / cores * 1e9) / 1e9;
        if (share > 1) {
            throw new MetricDocumentException("/system/cpu/total/pct: found " + cpuTotalPct + ", expected 0 to " + cores
                    + ", the number in /system/cpu/cores");
        }
        cpuPct = share;
    }

    private static void require(String pointer, String value) {
        if (value == null || value.isEmpty()) {
            throw new MetricDocumentException(
                    pointer + ": " + (value == null ? "missing" : "found an empty string") + ", expected a string");
        }
    }

    private void refuse(Field field, String allowed) throws IOException {
        String where = field.pointer.isEmpty() ? "" : field.pointer + ": ";
        throw new MetricDocumentException(
                where + "found " + MetricDocumentException.found(json) + ", expected " + allowed);
    }

    private int tokenStart() {
        return (int) json.currentTokenLocation().getByteOffset();
    }

    /** Returns the end of the current token; its text must have been read. */
    private int offset() {
        return (int) json.currentLocation().getByteOffset();
    }
}
