package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The answer to a produce request, told record by record in the order of the request: {@code {"offsets":[…]}} with
 * {@code partition} and {@code offset} of what stands, and {@code error_code}, {@code error} (as REST Proxy calls the reason)
 * and {@code message} (as Strimzi's bridge does) of what does not.
 */
public final class RestAnswer {
    private static final int OK = 200;
    private static final int UNPROCESSABLE = 422;
    private static final int UNAVAILABLE = 503;

    private final ByteArrayBuilder bytes = new ByteArrayBuilder();
    private final JsonGenerator json;
    private boolean anyStands;
    private boolean anyFailed;

    /** Begins an answer. */
    public RestAnswer() {
        try {
            json = RestJson.MAPPER.getFactory().createGenerator(bytes);
            json.writeStartObject();
            json.writeArrayFieldStart("offsets");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next record is acknowledged. */
    public void stands(int partition, long offset) {
        anyStands = true;
        try {
            json.writeStartObject();
            json.writeNumberField("partition", partition);
            json.writeNumberField("offset", offset);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next record was not sent, for what the client can change. */
    public void refused(Problem problem) {
        error(RestError.INVALID_PAYLOAD, problem.toString());
    }

    /**
     * The next record is not acknowledged, or was not sent since another was not.
     *
     * @param cause what {@link RestError#codeOf} makes a code of
     * @param text the reason, and whether the record may stand all the same
     */
    public void failed(Throwable cause, String text) {
        int code = RestError.codeOf(cause);
        anyFailed |= code != RestError.INVALID_PAYLOAD;
        error(code, text);
    }

    /**
     * The answer's status: 200 where any record stands, since clients of this convention send everything again otherwise; 503
     * where Kafka took none; 422 where none could be sent.
     */
    public int status() {
        if (anyStands) {
            return OK;
        }
        return anyFailed ? UNAVAILABLE : UNPROCESSABLE;
    }

    /** Ends the answer. */
    public byte[] body() {
        try {
            json.close(); // Ends array and object too.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void error(int code, String reason) {
        try {
            json.writeStartObject();
            json.writeNumberField("error_code", code);
            json.writeStringField("error", reason);
            json.writeStringField("message", reason);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
