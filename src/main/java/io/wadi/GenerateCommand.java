package io.wadi;

import io.wadi.extension.cards.generate.Generated;
import io.wadi.extension.cards.generate.PaymentGenerator;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@code ./wadi generate payments}: payments that were never made, with known frauds, into the topics of card payments, or as
 * lines on standard output.
 *
 * <p>Exit codes: 0 done, 2 it could not be done.
 */
final class GenerateCommand {
    private static final String USAGE =
            "Usage: ./wadi generate payments [--cards N] [--days N] [--after N] [--from DAY] [--seed N] [--frauds SHARE] [--print] [--config DIR]";

    private int cards = 3_000;
    private int days = 60;
    /** Days before these, which are made and not sent. */
    private int after;

    private LocalDate from = LocalDate.of(2026, 1, 1);
    private long seed = 1;
    private double frauds = 0.006;
    private boolean print;
    private Path configuration = Path.of(".");
    private long payments;
    private long made;

    private GenerateCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be generated", out -> parse(args).run(out));
    }

    private static GenerateCommand parse(String[] args) {
        GenerateCommand command = new GenerateCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (!"payments".equals(left.poll())) {
            throw new IllegalArgumentException("Payments are what can be generated. " + USAGE);
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--cards" -> command.cards = (int) number(word, left, 10_000_000);
                case "--days" -> command.days = (int) number(word, left, 3650);
                case "--after" -> command.after = (int) number(word, left, 3650);
                case "--seed" -> command.seed = number(word, left, Long.MAX_VALUE);
                case "--from" -> command.from = day(left);
                case "--frauds" -> command.frauds = share(left);
                case "--print" -> command.print = true;
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> throw new IllegalArgumentException("\"" + word + "\" is not understood. " + USAGE);
            }
        }
        return command;
    }

    private static long number(String option, Deque<String> left, long most) {
        String text = Commands.valueOf(option, left, USAGE);
        if (!text.matches("[1-9]\\d{0,17}") || Long.parseLong(text) > most) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", not a whole number from 1 to %d. %s".formatted(option, text, most, USAGE));
        }
        return Long.parseLong(text);
    }

    private static LocalDate day(Deque<String> left) {
        String text = Commands.valueOf("--from", left, USAGE);
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "--from is \"%s\", not a day such as 2026-01-01. %s".formatted(text, USAGE), e);
        }
    }

    private static double share(Deque<String> left) {
        String text = Commands.valueOf("--frauds", left, USAGE);
        if (!text.matches("0?\\.\\d{1,6}") || Double.parseDouble(text) > 0.2) {
            throw new IllegalArgumentException("--frauds is \"%s\", not a share up to 0.2. %s".formatted(text, USAGE));
        }
        return Double.parseDouble(text);
    }

    private int run(PrintStream out) throws Exception {
        Instant begin = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        PaymentGenerator generator =
                new PaymentGenerator(new PaymentGenerator.Options(seed, cards, begin, after + days, frauds));
        if (print) {
            run(generator, each -> out.println(each.json()));
            return 0;
        }
        try (Configured configured = new Configured(configuration);
                Producer<Object, Object> producer = configured.kafka().patientProducer()) {
            send(generator, producer, configured.settings());
            out.printf("%,d payments of %,d cards, %,d of them frauds%n", payments, cards, made);
        }
        return 0;
    }

    private void run(PaymentGenerator generator, Consumer<Generated> taker) {
        for (int day = 0; day < after + days; day++) {
            List<Generated> payments = generator.day(day);
            if (day >= after) {
                payments.forEach(taker);
            }
        }
    }

    private void send(PaymentGenerator generator, Producer<Object, Object> producer, Settings settings)
            throws IOException {
        String topic = settings.get(WadiSettings.CARDS_TOPIC);
        String chargebacks = settings.get(WadiSettings.CARDS_CHARGEBACKS_TOPIC);
        AtomicReference<Exception> failure = new AtomicReference<>();
        run(generator, each -> {
            send(producer, topic, each, each.json(), failure);
            if (each.isReported()) {
                send(producer, chargebacks, each, each.chargeback(), failure);
            }
            payments++;
            made += each.isFraud() ? 1 : 0;
        });
        producer.flush();
        if (failure.get() != null) {
            throw new IOException(failure.get().getMessage(), failure.get());
        }
    }

    private static void send(
            Producer<Object, Object> producer,
            String topic,
            Generated of,
            String value,
            AtomicReference<Exception> failure) {
        byte[] key = of.payment().card().getBytes(StandardCharsets.UTF_8);
        producer.send(
                // Kafka's own time: what it keeps by time would be gone at once by that of the payments.
                new ProducerRecord<>(topic, key, value.getBytes(StandardCharsets.UTF_8)), (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
    }
}
