package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Makes dead letters of what a topology fails at outside its own care, and has its thread go on. Such a letter is sent beside the
 * transaction: it may be there twice, where the transaction was taken back and done again. What Kafka itself fails at, or refuses
 * to take, ends the thread, which is replaced: the transaction cannot go on then.
 */
public final class DeadLetterHandler
        implements DeserializationExceptionHandler, ProcessingExceptionHandler, ProductionExceptionHandler {
    private static final String LETTERS = "wadi.dead-letters";
    private static final String ROUTE = "wadi.route";

    private DeadLetterSender letters;
    private String route;

    /** The settings that have Kafka Streams ask it. */
    public static Map<String, Object> settings(DeadLetterSender letters, String route) {
        return Map.of(
                StreamsConfig.DEFAULT_DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                StreamsConfig.DEFAULT_PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class,
                LETTERS,
                letters,
                ROUTE,
                route);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        letters = (DeadLetterSender) configs.get(LETTERS);
        route = String.valueOf(configs.get(ROUTE));
    }

    @Override
    public DeserializationHandlerResponse handle(
            ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
        letters.send(record, route, exception);
        return DeserializationHandlerResponse.CONTINUE;
    }

    @Override
    public ProcessingHandlerResponse handle(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (exception instanceof KafkaException || context.topic() == null) {
            return ProcessingHandlerResponse.FAIL;
        }
        letters.send(
                new ConsumerRecord<>(
                        context.topic(),
                        context.partition(),
                        context.offset(),
                        Math.max(0, context.timestamp()),
                        TimestampType.CREATE_TIME,
                        -1,
                        -1,
                        bytes(record.key()),
                        bytes(record.value()),
                        context.headers() == null ? new RecordHeaders() : context.headers(),
                        Optional.empty()),
                route,
                exception);
        return ProcessingHandlerResponse.CONTINUE;
    }

    private static byte[] bytes(Object content) {
        return content == null || content instanceof byte[]
                ? (byte[]) content
                : content.toString().getBytes(UTF_8);
    }

    @Override
    public ProductionExceptionHandlerResponse handle(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return ProductionExceptionHandlerResponse.FAIL;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public ProductionExceptionHandlerResponse handleSerializationException(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        letters.send(
                new ConsumerRecord<>(
                        context.topic(),
                        context.partition(),
                        context.offset(),
                        bytes(record.key()),
                        bytes(record.value())),
                route,
                exception);
        return ProductionExceptionHandlerResponse.CONTINUE;
    }
}
