package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A handler that sends records to the dead-letter topic that fail outside of a topology's own error handling, so that
 * the thread continues. Dead letters are sent outside of the transaction: if it is aborted and repeated, they are sent
 * twice. Errors of Kafka itself and rejected output records end the thread, which is then replaced, since the
 * transaction cannot continue.
 */
public final class DeadLetterHandler
        implements DeserializationExceptionHandler, ProcessingExceptionHandler, ProductionExceptionHandler {
    private static final String DEAD_LETTERS = "wadi.dead-letters";
    private static final String ROUTE = "wadi.route";
    /**
     * The classes of Kafka Streams that throw a {@link StreamsException} without a cause for a topic without partitions
     * and for a full buffer. All others throw it for what a processor does with its record.
     */
    private static final List<String> NOT_OF_A_RECORD = List.of(
            "org.apache.kafka.streams.processor.internals.RecordCollector",
            "org.apache.kafka.streams.kstream.internals.suppress.");

    /**
     * A value that has bytes for a dead letter. A record without a location becomes a dead letter only if its value is
     * one; otherwise its thread ends.
     */
    public interface Content {
        byte[] bytes();
    }

    private DeadLetterSender deadLetters;
    private String route;

    public static Map<String, Object> settings(DeadLetterSender deadLetters, String route) {
        return Map.of(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                DEAD_LETTERS,
                deadLetters,
                ROUTE,
                route);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        deadLetters = (DeadLetterSender) configs.get(DEAD_LETTERS);
        route = String.valueOf(configs.get(ROUTE));
    }

    @Override
    public DeserializationExceptionHandler.Response handleError(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        deadLetters.send(record, route, exception);
        return DeserializationExceptionHandler.Response.resume();
    }

    @Override
    public ProcessingExceptionHandler.Response handleError(
            ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        Exception cause = unwrap(exception);
        boolean hasContent = record != null && record.value() instanceof Content;
        boolean isOfPunctuation = context.topic() == null;
        if (isOfKafka(cause) || (isOfPunctuation && !hasContent)) {
            return ProcessingExceptionHandler.Response.fail();
        }
        if (isOfPunctuation || isRestored(context, record)) {
            deadLetters.send(bytes(record.key()), bytes(record.value()), record.headers(), route, cause);
        } else {
            send(context, record.key(), record.value(), cause);
        }
        return ProcessingExceptionHandler.Response.resume();
    }

    /** Returns the cause of an exception that Kafka Streams throws for what a processor does with its record. */
    private static Exception unwrap(Exception exception) {
        Throwable cause = exception.getCause();
        boolean isOfProcessor = cause instanceof ClassCastException
                // Thrown for an invalid timestamp. Failures of Kafka have another cause.
                || (exception instanceof StreamsException && cause instanceof IllegalArgumentException);
        return isOfProcessor ? (Exception) cause : exception;
    }

    private static boolean isOfKafka(Exception cause) {
        if (cause.getClass() == StreamsException.class && cause.getCause() == null) {
            return Stream.of(cause.getStackTrace())
                    .limit(1)
                    .anyMatch(thrower -> NOT_OF_A_RECORD.stream().anyMatch(thrower.getClassName()::startsWith));
        }
        return cause instanceof KafkaException && !(cause instanceof SerializationException);
    }

    /**
     * Returns whether a record is a result that was restored from a changelog topic. Its location is that of another
     * record, so a replay would add the result to the input topic.
     */
    private static boolean isRestored(ErrorHandlerContext context, Record<?, ?> record) {
        return !hasSource(context)
                && record.value() instanceof Content content
                && (record.key() != null || content.bytes() != null);
    }

    private static boolean hasSource(ErrorHandlerContext context) {
        return context.sourceRawKey() != null || context.sourceRawValue() != null;
    }

    /** Sends the dead letter of the original record, or of another key and value if that is not known. */
    private void send(ErrorHandlerContext context, Object key, Object value, Exception cause) {
        boolean isSource = hasSource(context);
        deadLetters.send(
                new ConsumerRecord<>(
                        context.topic(),
                        context.partition(),
                        context.offset(),
                        Math.max(0, context.timestamp()),
                        TimestampType.CREATE_TIME,
                        -1,
                        -1,
                        isSource ? context.sourceRawKey() : bytes(key),
                        isSource ? context.sourceRawValue() : bytes(value),
                        context.headers() == null ? new RecordHeaders() : context.headers(),
                        Optional.empty()),
                route,
                cause);
    }

    private static byte[] bytes(Object content) {
        if (content instanceof Windowed<?> windowed) {
            return bytes(windowed.key());
        }
        if (content instanceof Content known) {
            return known.bytes();
        }
        return content == null || content instanceof byte[]
                ? (byte[]) content
                : content.toString().getBytes(UTF_8);
    }

    @Override
    public ProductionExceptionHandler.Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return ProductionExceptionHandler.Response.fail();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public ProductionExceptionHandler.Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        if (context.topic() == null) {
            return ProductionExceptionHandler.Response.fail();
        }
        send(context, record.key(), record.value(), exception);
        return ProductionExceptionHandler.Response.resume();
    }
}
