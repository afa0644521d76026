package io.wadi.ingest.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.ExtractedFields;
import io.wadi.kafka.topics.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A topic that accepts events over HTTP, with the validation of its events. Thread-safe.
 *
 * @param topic the declaration of the topic
 * @param check the validation of JSON events, which runs while they are parsed and extracts their key
 * @param ready completes when events can be validated
 */
public record IngestTopic(Topic topic, EventCheck check, CompletableFuture<Void> ready) {
    /** Returns whether invalid events become dead letters. */
    boolean keepsInvalid() {
        return topic.ingest().invalid() == Topic.Invalid.DEAD_LETTER;
    }

    /** Returns the request headers that become record headers. */
    List<String> headers() {
        return topic.ingest().headers();
    }

    /**
     * Validates an event. Returns it with its own key or else the key in its value, or with a problem. An event without
     * a value (a tombstone) is always valid.
     */
    Event validate(Event event) {
        return check == EventCheck.NONE || event.problem() != null || event.value() == null
                ? event
                : validateValue(event);
    }

    /** Validates an event with a value like {@link #validate}; if the topic declares no schema, as JSON. */
    Event validateValue(Event event) {
        ExtractedFields fields = new ExtractedFields();
        Problem problem = problem(event.value(), fields);
        return problem == null
                ? new Event(
                        event.key() == null ? fields.key() : event.key(),
                        fields.value() == null ? event.value() : fields.value(),
                        event.headers(),
                        event.partition(),
                        event.timestamp(),
                        null)
                : event.with(problem);
    }

    private Problem problem(byte[] value, ExtractedFields fields) {
        try (JsonBody json = new JsonBody(value)) {
            if (json.parser().nextToken() == null) {
                return new Problem("", schemaPrefix() + "the value is empty, expected JSON");
            }
            Problem problem = check.check(json.parser(), fields);
            json.end();
            return problem;
        } catch (JsonProcessingException e) {
            return new Problem("", schemaPrefix() + "the value is not JSON: " + JsonBody.explain(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String schemaPrefix() {
        return check == EventCheck.NONE ? "" : "the topic has a schema, and ";
    }
}
