package io.wadi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.cards.Feature;
import io.wadi.extension.cards.Payment;
import io.wadi.extension.cards.PaymentReader;
import io.wadi.extension.cards.RefusedPaymentException;
import io.wadi.extension.cards.flow.CardsFeature;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.Examples;
import io.wadi.extension.cards.model.ForestTrainer;
import io.wadi.extension.cards.model.ModelException;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.ModelStore.Choice;
import io.wadi.extension.cards.model.PmmlReader;
import io.wadi.extension.cards.model.StoredModel;
import io.wadi.landing.files.LandedRecords;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code ./wadi model}: the models of card payments. They are trained of what has landed in HDFS, or brought in as PMML, and
 * judged on the last part of it; a new one is asked in the shadow of the one in force until {@code promote} puts it there.
 *
 * <p>Exit codes: 0 done, 1 a model is refused, 2 it could not be done.
 */
final class ModelCommand {
    private static final String USAGE =
            "Usage: ./wadi model [list | train | import FILE | features FILE | promote N | shadow N]"
                    + " [--hold-out SHARE] [--until TIME] [--trees N] [--seed N] [--config DIR]";
    private static final Set<String> VERBS = Set.of("list", "train", "import", "features", "promote", "shadow");
    private static final Set<String> WITH_FILE = Set.of("import", "features");
    private static final Set<String> WITH_VERSION = Set.of("promote", "shadow");
    private static final int REFUSED = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private String verb = "list";
    private String object;
    private double heldOut = 0.25;
    private Instant until = Instant.ofEpochMilli(Long.MAX_VALUE);
    private int trees = 60;
    private long seed = 1;
    private Path configuration = Path.of(".");
    private long refused;
    private String firstRefusal;

    private ModelCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be done", out -> parse(args).run(out));
    }

    private static ModelCommand parse(String[] args) {
        ModelCommand command = new ModelCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (VERBS.contains(String.valueOf(left.peek()))) {
            command.verb = left.remove();
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--hold-out" ->
                    command.heldOut =
                            Double.parseDouble(matching(word, left, "0?\\.[1-9]\\d{0,3}", "a share such as 0.25"));
                case "--until" ->
                    command.until = Instant.parse(matching(
                            word,
                            left,
                            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ",
                            "a time such as 2026-03-01T00:00:00Z"));
                case "--trees" ->
                    command.trees = Integer.parseInt(matching(word, left, "[1-9]\\d{0,2}", "a number from 1 to 999"));
                case "--seed" -> command.seed = Long.parseLong(matching(word, left, "\\d{1,18}", "a whole number"));
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.object = Commands.topic(command.object, word, USAGE);
            }
        }
        command.check();
        return command;
    }

    private static String matching(String option, Deque<String> left, String expression, String allowed) {
        String text = Commands.valueOf(option, left, USAGE);
        if (!text.matches(expression)) {
            throw new IllegalArgumentException("%s is \"%s\", not %s. %s".formatted(option, text, allowed, USAGE));
        }
        return text;
    }

    private void check() {
        boolean wantsOne = WITH_FILE.contains(verb) || WITH_VERSION.contains(verb);
        if (wantsOne != (object != null)) {
            throw new IllegalArgumentException((wantsOne
                            ? verb + " needs a " + (WITH_FILE.contains(verb) ? "file" : "version")
                            : "\"" + object + "\" is not understood")
                    + ". " + USAGE);
        }
        if (WITH_VERSION.contains(verb) && !object.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("\"%s\" is no version, which is a number. %s".formatted(object, USAGE));
        }
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            ModelStore store = CardsFeature.store(configured.settings(), configured.hdfs());
            switch (verb) {
                case "train" -> train(configured, store, out);
                case "import" -> bringIn(configured, store, out);
                case "features" -> writeFeatures(configured, out);
                case "promote" -> promote(store, out);
                case "shadow" -> shadow(store, out);
                default -> list(store, out);
            }
            return 0;
        } catch (ModelException e) {
            out.println("Refused: " + e.getMessage());
            return REFUSED;
        }
    }

    private void list(ModelStore store, PrintStream out) throws IOException, ModelException {
        Choice choice = store.choice();
        for (int version : store.versions()) {
            String as = version == choice.inForce()
                    ? "in force   "
                    : version == choice.shadow() ? "shadow     " : "           ";
            try {
                out.println(as + store.read(version).text());
            } catch (ModelException e) {
                out.println(as + "version " + version + " is refused: " + e.getMessage());
            }
        }
        out.println(store.versions().size() + " models in " + store.place());
    }

    private void train(Configured configured, ModelStore store, PrintStream out) throws IOException, ModelException {
        Examples.Split split = split(configured, out);
        AdditiveModel model = new ForestTrainer(trees, seed).train(split.train(), done -> tell(done, out));
        add(split.judged("a forest of %d trees".formatted(trees), now(), model), store, out);
    }

    private void tell(int done, PrintStream out) {
        if (done % 10 == 0 || done == trees) {
            out.printf("%d of %d trees%n", done, trees);
            out.flush();
        }
    }

    private void bringIn(Configured configured, ModelStore store, PrintStream out) throws IOException, ModelException {
        Path file = Path.of(object);
        AdditiveModel model = PmmlReader.read(Files.readAllBytes(file));
        add(split(configured, out).judged("PMML of " + file.getFileName(), now(), model), store, out);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The first of all is in force at once, later ones are in the shadow. */
    private static void add(StoredModel model, ModelStore store, PrintStream out) throws IOException, ModelException {
        Choice choice = store.choice();
        StoredModel added = store.add(model);
        out.println(added.text());
        if (choice.inForce() == 0) {
            store.choose(choice.withInForce(added.version()));
            out.printf("It is in force: there was none before.%n");
        } else {
            store.choose(choice.withShadow(added.version()));
            out.printf(
                    "It is asked in the shadow of version %d: see wadi_cards_compared_total, then ./wadi model promote %d%n",
                    choice.inForce(), added.version());
        }
    }

    private void promote(ModelStore store, PrintStream out) throws IOException, ModelException {
        int version = Integer.parseInt(object);
        StoredModel model = store.read(version);
        store.choose(store.choice().withInForce(version));
        out.println("In force: " + model.text());
    }

    private void shadow(ModelStore store, PrintStream out) throws IOException, ModelException {
        int version = Integer.parseInt(object);
        if (version == 0) {
            store.choose(store.choice().withShadow(0));
            out.println("No model is in the shadow.");
            return;
        }
        StoredModel model = store.read(version);
        store.choose(store.choice().withShadow(version));
        out.println("In the shadow: " + model.text());
    }

    /** All of them, for who trains elsewhere: with the part that each is in, and whether it was a fraud. */
    private void writeFeatures(Configured configured, PrintStream out) throws IOException, ModelException {
        Examples.Split split = split(configured, out);
        try (PrintStream file = new PrintStream(object, StandardCharsets.UTF_8)) {
            file.println("part,payment," + String.join(",", Feature.labels()) + ",fraud");
            for (Examples.Part part : split.parts()) {
                for (int i = 0; i < part.isFraud().length; i++) {
                    Examples.Example example = part.examples().get(i);
                    file.printf(
                            "%s,%s,%s,%d%n",
                            part.name(),
                            example.payment(),
                            DoubleStream.of(example.values())
                                    .mapToObj(Double::toString)
                                    .collect(Collectors.joining(",")),
                            part.isFraud()[i] ? 1 : 0);
                }
            }
            if (file.checkError()) {
                throw new IOException(object + " could not be written to its end");
            }
        }
        out.println("Written: " + object);
    }

    private Examples.Split split(Configured configured, PrintStream out) throws IOException, ModelException {
        Settings settings = configured.settings();
        LandedRecords landed = new LandedRecords(configured.hdfs(), settings.get(WadiSettings.LANDING_DIRECTORY));
        Set<String> frauds = frauds(landed, settings.get(WadiSettings.CARDS_CHARGEBACKS_TOPIC));
        Examples examples = new Examples();
        String topic = settings.get(WadiSettings.CARDS_TOPIC);
        PaymentReader reader = new PaymentReader();
        for (TopicPartition partition : landed.partitions(topic)) {
            read(landed, partition, value -> take(value, reader, examples));
            examples.endOfPartition();
        }
        out.printf(
                "%,d payments landed of %s, %,d chargebacks; %,d records are neither%s%n",
                examples.size(), topic, frauds.size(), refused, refused == 0 ? "" : ", the first: " + firstRefusal);
        out.flush();
        if (examples.size() == 0) {
            throw new ModelException(
                    "no payment of %s has landed in %s".formatted(topic, settings.get(WadiSettings.LANDING_DIRECTORY)));
        }
        return examples.split(heldOut, frauds);
    }

    private void take(byte[] value, PaymentReader reader, Examples examples) {
        try {
            Payment payment = reader.read(value);
            if (payment.at() < until.toEpochMilli()) {
                examples.add(payment);
            }
        } catch (RefusedPaymentException e) {
            // The stream has put it into the dead letters.
            refuse(e.getMessage());
        }
    }

    private Set<String> frauds(LandedRecords landed, String topic) throws IOException {
        Set<String> frauds = new HashSet<>();
        for (TopicPartition partition : landed.partitions(topic)) {
            read(landed, partition, value -> payment(value).ifPresent(frauds::add));
        }
        return frauds;
    }

    /** Which payment a chargeback is about. */
    private Optional<String> payment(byte[] chargeback) {
        try {
            JsonNode payment = JSON.readTree(chargeback).path("payment");
            if (payment.isTextual()) {
                return Optional.of(payment.asText());
            }
            refuse("a chargeback says no /payment");
        } catch (IOException e) {
            refuse("a chargeback is no JSON");
        }
        return Optional.empty();
    }

    private void refuse(String why) {
        firstRefusal = refused++ == 0 ? why : firstRefusal;
    }

    /** In the order of the offsets, in which the stream has had them. */
    private static void read(LandedRecords landed, TopicPartition partition, Consumer<byte[]> taker)
            throws IOException {
        for (LandedRecords.File file : landed.files(partition)) {
            if (!landed.tellsOffsets(file)) {
                throw new IOException(file.path()
                        + " is not lines, or has not as many as offsets; models are trained of lines (jsonl)");
            }
            landed.read(file, record -> taker.accept(bytes(record.value())));
        }
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value == null ? 0 : value.remaining()];
        if (value != null) {
            value.duplicate().get(bytes);
        }
        return bytes;
    }
}
