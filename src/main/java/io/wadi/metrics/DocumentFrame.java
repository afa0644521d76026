package io.wadi.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** The metadata fields of Metricbeat 8.17's documents, in Metricbeat's order; {@code agent.type} is {@code wadi}. */
public final class DocumentFrame {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private final String module;
    private final String ephemeralId = UUID.randomUUID().toString();
    private ObjectNode ownAgent;

    /**
     * @param module {@code event.module} and {@code service.type}, such as {@code system}
     */
    public DocumentFrame(String module) {
        this.module = module;
    }

    /**
     * Creates a document that has only the metadata fields.
     *
     * @param time when its values were measured
     * @param host its {@code host} object
     * @param agent see {@link #agent}
     * @param periodMs the time between measurements; null if unknown
     * @param tookNanos how long the measurement took
     */
    public ObjectNode document(
            String metricset, Instant time, ObjectNode host, ObjectNode agent, Long periodMs, long tookNanos) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("@timestamp", TIMESTAMP.format(time));
        document.putObject("@metadata").put("beat", "wadi").put("type", "_doc").put("version", Version.CURRENT);
        ObjectNode set = document.putObject("metricset").put("name", metricset);
        if (periodMs != null) {
            set.put("period", periodMs);
        }
        document.putObject("service").put("type", module);
        document.putObject("event")
                .put("dataset", module + "." + metricset)
                .put("module", module)
                .put("duration", tookNanos);
        document.set("agent", agent);
        document.putObject("ecs").put("version", "8.0.0");
        document.set("host", host);
        return document;
    }

    /** Returns the {@code agent} object of this machine, which is inspected on the first call. */
    public synchronized ObjectNode agent() {
        if (ownAgent == null) {
            ownAgent = agent(new OshiMachine().host());
        }
        return ownAgent;
    }

    /**
     * Returns the {@code agent} object of a machine.
     *
     * @param host the machine's {@code host} object
     */
    ObjectNode agent(ObjectNode host) {
        String name = host.path("name").asText();
        String id = host.path("id").asText(name);
        byte[] seed = ("wadi/" + id).getBytes(StandardCharsets.UTF_8);
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "wadi")
                .put("version", Version.CURRENT)
                .put("ephemeral_id", ephemeralId)
                .put("id", UUID.nameUUIDFromBytes(seed).toString())
                .put("name", name);
    }

    /** Returns the document as JSON in UTF-8. */
    public static byte[] bytes(ObjectNode document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a metric document as JSON failed", e);
        }
    }
}
