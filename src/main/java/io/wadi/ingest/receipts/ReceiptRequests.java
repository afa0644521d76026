package io.wadi.ingest.receipts;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.MediaType;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.DecodedBody;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Reads and authorizes requests for receipts. */
final class ReceiptRequests {
    private static final int TOO_MUCH = 422;
    private static final Pattern PARTITION = Pattern.compile("\\d{1,9}");
    private static final Pattern OFFSET = Pattern.compile("\\d{1,18}");
    /** Kafka's maximum length of a topic name. */
    private static final int MAX_TOPIC_LENGTH = 249;

    /** Maximum bytes of a body per receipt, including other fields and whitespace: a body is parsed as a whole. */
    private static final long RECEIPT_BYTES = 1 << 10;

    /** Maximum number of digits of an offset. */
    private static final int MAX_DIGITS = 19;

    private final Topics topics;
    private final Duration maxWait;
    private final int maxReceipts;
    private final BodyLimits limits;

    ReceiptRequests(Topics topics, Duration maxWait, int maxReceipts, BodyLimits limits) {
        this.topics = topics;
        this.maxWait = maxWait;
        this.maxReceipts = maxReceipts;
        this.limits = new BodyLimits(
                Math.min(limits.maxBody(), maxReceipts * RECEIPT_BYTES),
                limits.maxRatio(),
                limits.maxEvent(),
                limits.maxEvents());
    }

    /**
     * Returns the receipt in the path. The topic is in the parameter {@code receiptTopic}, because admission checks the
     * permission for {@code topic}, and its response would reveal which topics exist.
     *
     * @throws RequestException 400 if the partition or the offset is not a number
     */
    static Receipt inPath(IngestRequest request) {
        return receipt("", request.path("receiptTopic"), request.path("partition"), request.path("offset"));
    }

    /** Returns a receipt; {@code place} is its location in the body, for messages. */
    private static Receipt receipt(String place, String topic, String partition, String offset) {
        if (!PARTITION.matcher(partition).matches()) {
            throw RequestException.invalid(
                    "%spartition '%s': expected a whole number from 0".formatted(place, partition));
        }
        if (!OFFSET.matcher(offset).matches()) {
            throw RequestException.invalid("%soffset '%s': expected a whole number from 0".formatted(place, offset));
        }
        return new Receipt(new TopicPartition(topic, Integer.parseInt(partition)), Long.parseLong(offset));
    }

    /**
     * Returns the receipts in the body, in order. Reads no further than the first receipt beyond the limit.
     *
     * @throws RequestException 415 if the media type is not JSON, 400 if the body is not a list of receipts, 422 if it
     *     has too many, and as {@link DecodedBody} and {@link JsonBody#ofMany}
     */
    List<Receipt> inBody(IngestRequest request, byte[] body) {
        MediaType type =
                MediaType.parse(request.header(RequestHeaders.CONTENT_TYPE).orElse(""));
        if (!type.name().equals(HttpResponses.JSON) || !type.isUtf8()) {
            throw RequestException.unsupported("the Content-Type is not supported; send application/json in UTF-8");
        }
        return parse(
                decoded(body, request.header(RequestHeaders.CONTENT_ENCODING).orElse(""), request.lease()));
    }

    /** Decodes a body of at most {@value #RECEIPT_BYTES} bytes per allowed receipt. */
    byte[] decoded(byte[] body, String contentEncoding, Lease lease) {
        return DecodedBody.of(body, contentEncoding, limits, lease);
    }

    /** Returns the receipts in a decoded body; see {@link #inBody}. */
    List<Receipt> parse(byte[] body) {
        try (JsonBody json = JsonBody.ofMany(body)) {
            return parse(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Receipt> parse(JsonBody json) throws IOException {
        try {
            List<Receipt> receipts = receipts(json.parser());
            json.end();
            return receipts;
        } catch (JsonProcessingException e) {
            throw RequestException.invalid("the body is not JSON: " + json.explainBody(e));
        }
    }

    private List<Receipt> receipts(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY || parser.nextToken() == JsonToken.END_ARRAY) {
            throw RequestException.invalid("the body is not an array of receipts: expected"
                    + " [{\"topic\":…,\"partition\":…,\"offset\":…}, …]");
        }
        List<Receipt> receipts = new ArrayList<>();
        for (JsonToken token = parser.currentToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (receipts.size() == maxReceipts) {
                throw new RequestException(
                        TOO_MUCH,
                        "more than %d receipts: expected at most %d (wadi.receipts.max-receipts)"
                                .formatted(maxReceipts, maxReceipts));
            }
            receipts.add(receipt(parser, receipts.size()));
        }
        return receipts;
    }

    private static Receipt receipt(JsonParser parser, int index) throws IOException {
        String topic = null;
        String partition = null;
        String offset = null;
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "topic" -> topic = text(parser, value == JsonToken.VALUE_STRING, MAX_TOPIC_LENGTH);
                    case "partition" -> partition = text(parser, value == JsonToken.VALUE_NUMBER_INT, MAX_DIGITS);
                    case "offset" -> offset = text(parser, value == JsonToken.VALUE_NUMBER_INT, MAX_DIGITS);
                    default -> parser.skipChildren();
                }
            }
        }
        if (topic == null || partition == null || offset == null) {
            throw RequestException.invalid(
                    "/%d: expected {\"topic\":…,\"partition\":…,\"offset\":…} with a string and two whole numbers"
                            .formatted(index));
        }
        return receipt("/" + index + ": ", topic, partition, offset);
    }

    /**
     * Returns the text of a value; null if its type or length is not as expected. Moves the parser to the end of the
     * value.
     */
    private static String text(JsonParser parser, boolean isExpected, int maxLength) throws IOException {
        String text = isExpected && parser.getTextLength() <= maxLength ? parser.getText() : null;
        parser.skipChildren();
        return text;
    }

    /**
     * Returns the wait in the query; zero if the query has none.
     *
     * @throws RequestException 400 if the wait is malformed or given more than once, 422 if it is longer than the
     *     maximum
     */
    Duration wait(IngestRequest request) {
        if (request.query().stream().map(Map.Entry::getKey).noneMatch("wait"::equals)) {
            return Duration.ZERO;
        }
        String text = request.query("wait");
        Duration wait;
        try {
            wait = Units.duration(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw RequestException.invalid("wait '%s': expected a time such as 30s".formatted(text));
        }
        if (wait.compareTo(maxWait) > 0) {
            throw new RequestException(
                    TOO_MUCH,
                    "wait %s: expected at most %s (wadi.receipts.max-wait)".formatted(text, Units.text(maxWait)));
        }
        return wait;
    }

    /** Returns the receipt if its topic accepts events and the client may write to the topic; otherwise empty. */
    Optional<Receipt> authorized(IngestRequest request, Receipt receipt) {
        String topic = receipt.partition().topic();
        return Optional.of(receipt)
                .filter(any -> topics.find(topic)
                        .filter(found -> found.ingest() != null)
                        .isPresent())
                .filter(any -> request.mayWrite(topic));
    }
}
