package io.wadi.cli;

import io.wadi.extension.cards.CardsSettings;
import io.wadi.extension.cards.generate.GeneratedPayment;
import io.wadi.extension.cards.generate.PaymentGenerator;
import io.wadi.kafka.AdminRequests;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Units;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wadi generate}: generates payments with known frauds, to try out the scoring of card payments. */
@Command(
        description = "Generates records to try the pipeline out.",
        exitCodeList = {"0:done", "2:the command failed, or the arguments are invalid"})
final class GenerateCommand extends OperatorCommand {
    @Mixin
    private PipelineOptions pipeline;

    private long payments;
    private long sentFrauds;

    GenerateCommand(Terminal terminal) {
        super(terminal, "Could not generate records");
    }

    private static final class Cards extends OptionValues.Range {
        Cards() {
            super(1, 10_000_000, "a whole number from 1 to 10000000");
        }
    }

    private static final class Days extends OptionValues.Range {
        Days() {
            super(0, 3650, "a whole number from 0 to 3650");
        }
    }

    private static final class Day extends OptionValues.Parsed<LocalDate> {
        Day() {
            super(text -> LocalDate.parse(Units.matching(text, "\\d{4}-\\d{2}-\\d{2}")), "a day such as 2026-01-01");
        }
    }

    private static final class Share extends OptionValues.Parsed<Double> {
        Share() {
            super(
                    text -> Units.inRange(Double.valueOf(Units.matching(text, "0?\\.\\d{1,6}")), 0.0, 0.2),
                    "a share up to 0.2");
        }
    }

    @Command(
            name = "payments",
            description =
                    "Generates payments with known frauds and sends them to the topics of card payments, or prints them.")
    int generate(
            @Option(
                            names = "--cards",
                            paramLabel = "N",
                            defaultValue = "3000",
                            converter = Cards.class,
                            description = "Number of cards (default: ${DEFAULT-VALUE})")
                    long cards,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "60",
                            converter = Days.class,
                            description = "Number of days (default: ${DEFAULT-VALUE})")
                    long days,
            @Option(
                            names = "--after",
                            paramLabel = "N",
                            defaultValue = "0",
                            converter = Days.class,
                            description = "Preceding days that are generated but not sent (default: ${DEFAULT-VALUE})")
                    long after,
            @Option(
                            names = "--from",
                            paramLabel = "DAY",
                            defaultValue = "2026-01-01",
                            converter = Day.class,
                            description = "The first day (default: ${DEFAULT-VALUE})")
                    LocalDate from,
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            defaultValue = "1",
                            converter = OptionValues.Offset.class,
                            description = "The same seed generates the same payments (default: ${DEFAULT-VALUE})")
                    long seed,
            @Option(
                            names = "--frauds",
                            paramLabel = "SHARE",
                            defaultValue = "0.006",
                            converter = Share.class,
                            description = "Share of frauds (default: ${DEFAULT-VALUE})")
                    double frauds,
            @Option(names = "--print", description = "Prints the payments instead of sending them.") boolean print)
            throws Exception {
        Instant begin = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        PaymentGenerator generator =
                new PaymentGenerator(new PaymentGenerator.Options(seed, (int) cards, begin, frauds));
        if (print) {
            print(generator, (int) after, (int) (after + days));
            return 0;
        }
        Consumer<Consumer<GeneratedPayment>> all =
                consumer -> generator.run((int) after, (int) (after + days), consumer);
        try (CommandConfiguration configured = pipeline.read();
                Producer<Object, Object> producer = configured.kafka().backgroundProducer()) {
            requireTopics(configured);
            send(all, producer, configured.settings());
            out().printf("%,d payments of %,d cards, %,d of them frauds%n", payments, cards, sentFrauds);
        }
        return 0;
    }

    /** Prints the payments of the days from first to end, until the reader of standard output has closed it. */
    private void print(PaymentGenerator generator, int first, int end) {
        for (int day = 0; day < end && !out().checkError(); day++) {
            List<GeneratedPayment> payments = generator.day(day);
            if (day >= first) {
                payments.stream().takeWhile(any -> !out().checkError()).forEach(each -> out().println(each.json()));
            }
        }
    }

    private void send(Consumer<Consumer<GeneratedPayment>> all, Producer<Object, Object> producer, Settings settings) {
        String topic = settings.get(CardsSettings.TOPIC);
        String chargebacks = settings.get(CardsSettings.CHARGEBACKS_TOPIC);
        AtomicReference<Exception> failure = new AtomicReference<>();
        all.accept(each -> {
            requireNone(failure);
            send(producer, topic, each, each.json(), failure);
            if (each.isReported()) {
                send(producer, chargebacks, each, each.chargeback(), failure);
            }
            payments++;
            sentFrauds += each.isFraud() ? 1 : 0;
        });
        producer.flush();
        requireNone(failure);
    }

    /** Throws after the first failure: while Kafka does not respond, each send would wait for a minute. */
    private static void requireNone(AtomicReference<Exception> failure) {
        if (failure.get() != null) {
            throw new KafkaException(failure.get().getMessage(), failure.get());
        }
    }

    private static void requireTopics(CommandConfiguration configured) throws Exception {
        List<String> topics =
                List.of(configured.get(CardsSettings.TOPIC), configured.get(CardsSettings.CHARGEBACKS_TOPIC));
        Set<String> existing = configured.withAdmin(
                admin -> AdminRequests.partitionCounts(admin, topics).keySet());
        topics.stream().filter(each -> !existing.contains(each)).findFirst().ifPresent(missing -> {
            throw new IllegalArgumentException(
                    "Kafka does not have the topic %s: declare it in topics.yaml, and run ./wadi topics apply"
                            .formatted(missing));
        });
    }

    private static void send(
            Producer<Object, Object> producer,
            String topic,
            GeneratedPayment of,
            String value,
            AtomicReference<Exception> failure) {
        byte[] key = of.payment().card().getBytes(StandardCharsets.UTF_8);
        producer.send(
                // Not with the payment's time as timestamp: Kafka's retention would delete old records at once.
                new ProducerRecord<>(topic, key, value.getBytes(StandardCharsets.UTF_8)), (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
    }
}
