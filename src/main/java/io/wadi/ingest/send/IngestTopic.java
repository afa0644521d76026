package io.wadi.ingest.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.Found;
import io.wadi.kafka.topics.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A topic that takes events over HTTP, and what is asked of them: its schemas, and where they have their key. For many threads. */
public final class IngestTopic {
    private final Topic topic;
    private final Topic.Intake intake;
    private final EventCheck check;
    private final CompletableFuture<Void> ready;

    /**
     * Takes what is declared.
     *
     * @param check what events must fulfil, which finds their key
     * @param ready done when it is known what they must fulfil
     */
    IngestTopic(Topic topic, EventCheck check, CompletableFuture<Void> ready) {
        this.topic = topic;
        this.intake = topic.intake();
        this.check = check;
        this.ready = ready;
    }

    public Topic topic() {
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
    public EventCheck check() {
        return check;
    }

    /** Done when events can be checked. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /**
     * An event that nobody has checked yet, checked. Its key is the one it came with, else the one in it. An event without a
     * value, which deletes its key, is not asked for anything.
     */
    Event checked(Event event) {
        return check == EventCheck.NONE || event.problem() != null || event.value() == null ? event : judged(event);
    }

    /** An event that has a value, checked likewise, and for being JSON where the topic asks for nothing else. */
    Event judged(Event event) {
        Found found = new Found();
        Problem problem = problem(event.value(), found);
        return problem == null
                ? new Event(
                        event.key() == null ? found.key() : event.key(),
                        found.value() == null ? event.value() : found.value(),
                        event.headers(),
                        event.partition(),
                        event.timestamp(),
                        null)
                : event.with(problem);
    }

    private Problem problem(byte[] value, Found found) {
        try (JsonBody json = new JsonBody(value)) {
            if (json.parser().nextToken() == null) {
                return new Problem("", because() + "the value is empty");
            }
            Problem problem = check.check(json.parser(), found);
            json.end();
            return problem;
        } catch (JsonProcessingException e) {
            return new Problem("", because() + "the value is not JSON: " + JsonBody.explain(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String because() {
        return check == EventCheck.NONE ? "" : "the topic has a schema, and ";
    }
}
