package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * What became of a record of a produce request, as its answer says it: {@code partition} and {@code offset} of what stands, and
 * {@code error_code}, {@code error} (as REST Proxy calls the reason) and {@code message} (as Strimzi's bridge does) of what does
 * not.
 *
 * @param partition where it stands
 * @param offset where it stands there
 * @param code the convention's code; 0 where it stands
 * @param reason why it does not; null where it does
 */
public record RestEntry(int partition, long offset, int code, String reason) {
    private static final int OK = 200;
    private static final int UNPROCESSABLE = 422;
    private static final int UNAVAILABLE = 503;

    /** The record is acknowledged. */
    public static RestEntry stands(int partition, long offset) {
        return new RestEntry(partition, offset, 0, null);
    }

    /** The record was not sent, for what the client can change. */
    public static RestEntry refused(Problem problem) {
        return error(RestError.INVALID_PAYLOAD, problem.toString());
    }

    /**
     * The record is not acknowledged.
     *
     * @param cause what {@link RestError#codeOf} makes a code of
     * @param text the reason
     */
    public static RestEntry failed(Throwable cause, String text) {
        return error(RestError.codeOf(cause), text);
    }

    /** The record was not sent, since another was not acknowledged. */
    public static RestEntry notSent() {
        return error(RestError.KAFKA_RETRIABLE, "not sent");
    }

    private static RestEntry error(int code, String reason) {
        return new RestEntry(0, 0, code, reason);
    }

    /**
     * The status of an answer with these entries: 200 where any record stands, since clients of this convention send everything
     * again otherwise; 503 where Kafka took none; 422 where none could be sent.
     */
    public static int status(Stream<RestEntry> entries) {
        boolean anyFailed = false;
        for (RestEntry entry : (Iterable<RestEntry>) entries::iterator) {
            if (entry.code == 0) {
                return OK;
            }
            anyFailed |= entry.code != RestError.INVALID_PAYLOAD;
        }
        return anyFailed ? UNAVAILABLE : UNPROCESSABLE;
    }

    /** Writes it as an object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        if (code == 0) {
            json.writeNumberField("partition", partition);
            json.writeNumberField("offset", offset);
        } else {
            json.writeNumberField("error_code", code);
            json.writeStringField("error", reason);
            json.writeStringField("message", reason);
        }
        json.writeEndObject();
    }
}
