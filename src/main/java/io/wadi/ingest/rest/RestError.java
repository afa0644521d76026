package io.wadi.ingest.rest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.wadi.kafka.RejectedSendException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * An error of the Kafka REST API.
 *
 * @param status the HTTP status
 * @param code the API's {@code error_code}; the status if the API has no other code
 * @param message the error with the values found and expected
 */
public record RestError(
        @JsonIgnore int status, @JsonProperty("error_code") int code, String message) {
    /** The code of a record that is malformed, invalid or too large: sent again, it fails again. */
    static final int INVALID_PAYLOAD = 42206;

    /** The code if it is unknown whether the record would fail again. */
    static final int KAFKA = 50002;
    /** The code if Kafka is unavailable or memory is exhausted: the request may be sent again. */
    static final int KAFKA_RETRIABLE = 50003;

    /** Returns an error with the API's code for the status. */
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

    /** Returns the error for a partition that does not exist in a declared topic. */
    public static RestError noPartition(String topic) {
        return new RestError(404, 40402, "topic " + topic + " has no such partition");
    }

    /**
     * Returns the code of a record that Kafka has not acknowledged: 42206 if the record would fail again, 50003 if it
     * may be sent again, 50002 if neither is known. The latter includes authorization errors of Wadi itself, which the
     * client cannot correct.
     */
    public static int codeOf(Throwable cause) {
        if (RejectedSendException.isRejection(cause)) {
            return INVALID_PAYLOAD;
        }
        return cause instanceof RetriableException ? KAFKA_RETRIABLE : KAFKA;
    }

    /** Returns the body of the response: {@code {"error_code":…,"message":…}}. */
    public byte[] body() {
        return RestJson.write(this);
    }
}
