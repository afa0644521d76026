package io.wadi.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.schema.EventSchema;
import io.wadi.kafka.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/** A topic that takes events over HTTP, and what is asked of them: its schema, and where they have their key. For many threads. */
final class IntakeTopic {
    private final Topic topic;
    private final Topic.Intake intake;
    /** Null where nothing is asked. */
    private final EventSchema schema;

    /**
     * Takes what is declared.
     *
     * @param schema what events must fulfil, with the place of their key; null where nothing is asked
     */
    IntakeTopic(Topic topic, EventSchema schema) {
        this.topic = topic;
        this.intake = topic.intake();
        this.schema = schema;
    }

    Topic topic() {
        return topic;
    }

    /** Whether an event that is not as it should be is taken among the dead letters. */
    boolean keepsInvalid() {
        return intake.invalid() == Topic.Invalid.DEAD_LETTER;
    }

    /** The request headers that become headers of its records. */
    List<String> headers() {
        return intake.headers();
    }

    /** What is asked of events that are JSON, for the pass that reads them. */
    EventCheck check() {
        return schema == null ? EventCheck.NONE : schema::check;
    }

    /**
     * An event that nobody has checked yet, checked. Its key is the one it came with, else the one in it. An event without a
     * value, which deletes its key, is not asked for anything.
     */
    Event checked(Event event) {
        if (schema == null || event.problem() != null || event.value() == null) {
            return event;
        }
        byte[][] key = {event.key()};
        Problem problem = problem(event.value(), found -> key[0] = event.key() == null ? found : event.key());
        return problem == null
                ? new Event(key[0], event.value(), event.headers(), event.partition(), event.timestamp(), null)
                : Event.invalid(event.value(), problem);
    }

    private Problem problem(byte[] value, Consumer<byte[]> key) {
        try (JsonBody json = new JsonBody(value)) {
            if (json.parser().nextToken() == null) {
                return new Problem("", "the topic has a schema, and the value is empty");
            }
            Problem problem = schema.check(json.parser(), key);
            json.end();
            return problem;
        } catch (JsonProcessingException e) {
            return new Problem("", "the topic has a schema, and the value is not JSON: " + JsonBody.explain(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
