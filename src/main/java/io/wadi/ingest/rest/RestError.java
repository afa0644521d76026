package io.wadi.ingest.rest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.wadi.kafka.RejectedSendException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Why a request to {@code /topics} is not taken, in the convention's form.
 *
 * @param status the HTTP status
 * @param code the convention's {@code error_code}; the status itself where the convention has no code of its own
 * @param message what was found and what is allowed
 */
public record RestError(
        @JsonIgnore int status, @JsonProperty("error_code") int code, String message) {
    /** A record that cannot be read, is invalid or too large: it will fail again. */
    static final int INVALID_PAYLOAD = 42206;

    private static final int UNPROCESSABLE = 422;
    private static final int KAFKA = 50002;
    /** Kafka does not answer, or there is no room: it may be tried again. */
    static final int KAFKA_RETRIABLE = 50003;

    /** The error with the code that the convention has for its status. */
    public static RestError of(int status, String message) {
        int code =
                switch (status) {
                    case 401 -> 40101;
                    case 403 -> 40301;
                    case 404 -> 40401;
                    case 429 -> 42901;
                    case 503 -> KAFKA_RETRIABLE;
                    default -> status;
                };
        return new RestError(status, code, message);
    }

    /** The topic has no such partition, by the topic's declared name. */
    public static RestError noPartition(String topic) {
        return new RestError(404, 40402, "topic " + topic + " has no such partition");
    }

    static RestError unprocessable(String message) {
        return new RestError(UNPROCESSABLE, UNPROCESSABLE, message);
    }

    /**
     * The code of a record that Kafka has not acknowledged: whether it would fail again, may be tried again, or neither is
     * known. What Kafka has against Wadi's own credentials is of the last kind: it is nothing that the client could change.
     */
    public static int codeOf(Throwable cause) {
        if (RejectedSendException.isRejection(cause)) {
            return INVALID_PAYLOAD;
        }
        return cause instanceof RetriableException ? KAFKA_RETRIABLE : KAFKA;
    }

    /** The answer's body: {@code {"error_code":…,"message":…}}. */
    public byte[] body() {
        return RestJson.write(this);
    }
}
