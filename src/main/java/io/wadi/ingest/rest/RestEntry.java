package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import java.io.IOException;

/**
 * The result for one record of a produce request: {@code partition} and {@code offset} if the record is acknowledged;
 * otherwise {@code error_code} and the error message, both as {@code error} (REST Proxy's field) and as {@code message}
 * (the field of Strimzi's bridge).
 *
 * @param code the API's error code; 0 if the record is acknowledged
 * @param reason the error message; null if the record is acknowledged
 */
public record RestEntry(int partition, long offset, int code, String reason) {
    private static final int INTERNAL = 500;
    private static final int UNAVAILABLE = 503;

    public static RestEntry acknowledged(int partition, long offset) {
        return new RestEntry(partition, offset, 0, null);
    }

    /** Returns the entry of an invalid record, which was not sent or became a dead letter. */
    public static RestEntry rejected(Problem problem) {
        return error(RestError.INVALID_PAYLOAD, problem.toString());
    }

    /**
     * Returns the entry of a record that Kafka has not acknowledged.
     *
     * @param cause the failure, which determines the code ({@link RestError#codeOf})
     * @param text the error message
     */
    public static RestEntry failed(Throwable cause, String text) {
        return error(RestError.codeOf(cause), text);
    }

    /**
     * Returns the entry of a record that was not sent.
     *
     * @param reason why the body was not read further: 42206 if it is in the body, 50002 after an internal error; null
     *     or 503 if the record may be sent again
     */
    public static RestEntry notSent(RequestException reason) {
        if (reason == null || reason.status() >= UNAVAILABLE) {
            return error(RestError.KAFKA_RETRIABLE, "not sent");
        }
        int code = reason.status() == INTERNAL ? RestError.KAFKA : RestError.INVALID_PAYLOAD;
        return error(code, "not sent: " + reason.getMessage());
    }

    private static RestEntry error(int code, String reason) {
        return new RestEntry(0, 0, code, reason);
    }

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
