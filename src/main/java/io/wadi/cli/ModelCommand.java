package io.wadi.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.cards.CardsSettings;
import io.wadi.extension.cards.Feature;
import io.wadi.extension.cards.InvalidPaymentException;
import io.wadi.extension.cards.Payment;
import io.wadi.extension.cards.PaymentReader;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.ForestTrainer;
import io.wadi.extension.cards.model.ModelException;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.ModelStore.Choice;
import io.wadi.extension.cards.model.PmmlReader;
import io.wadi.extension.cards.model.StoredModel;
import io.wadi.extension.cards.model.TrainingExamples;
import io.wadi.landing.LandingSettings;
import io.wadi.landing.files.LandedRecords;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.camel.util.function.ThrowingBiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code wadi model}: manages the models of card payments. A model is trained on landed records or imported as PMML,
 * and evaluated on the last part of the records. The first model is active at once. A later model runs in shadow
 * evaluation until {@code promote} activates it.
 */
@Command(
        description = {
            "Trains, imports and promotes the models of card payments.",
            "Without a subcommand, it runs list."
        },
        exitCodeList = {
            "0:done",
            "1:a model is refused; the output has the reason",
            "2:the command failed, or the arguments are invalid"
        })
final class ModelCommand extends OperatorCommand {
    private static final int REFUSED = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private PipelineOptions pipeline;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean isListedAsJson;

    private long invalid;
    private String firstInvalid;

    ModelCommand(Terminal terminal) {
        super(terminal, "Command failed");
    }

    /** The options that split payments into training and evaluation data. */
    static final class SplitOptions {
        @Option(
                names = "--hold-out",
                paramLabel = "SHARE",
                defaultValue = "0.25",
                converter = Share.class,
                description =
                        "Share of the payments, the last ones, for the evaluation of models (default: ${DEFAULT-VALUE})")
        private double heldOut;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                converter = OptionValues.Time.class,
                description =
                        "Skips payments at or after a time such as 2026-03-01T00:00:00Z, or 2h for two hours ago.")
        private Instant until;
    }

    private static final class Share extends OptionValues.Parsed<Double> {
        Share() {
            super(text -> Double.valueOf(Units.matching(text, "0?\\.[1-9]\\d{0,3}")), "a share such as 0.25");
        }
    }

    private static final class Trees extends OptionValues.Range {
        Trees() {
            super(1, 999, "a number from 1 to 999");
        }
    }

    private static final class Version extends OptionValues.Range {
        Version() {
            super(0, 999_999_999, "a version, which is a number");
        }
    }

    @Override
    public Integer call() throws Exception {
        return list(isListedAsJson);
    }

    @Command(description = "Lists the models, with the active one and the one in shadow evaluation.")
    int list(@Option(names = "--json", description = "Prints JSON.") boolean json) throws Exception {
        return with((configured, store) -> {
            List<Listed> models = listed(store);
            print(json || isListedAsJson, models, () -> list(models, store));
        });
    }

    @Command(description = "Trains a model on the payments and chargebacks that have landed.")
    int train(
            @Mixin SplitOptions split,
            @Option(
                            names = "--trees",
                            paramLabel = "N",
                            defaultValue = "60",
                            converter = Trees.class,
                            description = "Trees of the forest (default: ${DEFAULT-VALUE})")
                    long trees,
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            defaultValue = "1",
                            converter = OptionValues.Offset.class,
                            description = "The same seed trains the same model (default: ${DEFAULT-VALUE})")
                    long seed)
            throws Exception {
        return withoutJson((configured, store) -> train(configured, store, split, (int) trees, seed));
    }

    @Command(name = "import", description = "Imports a model from PMML.")
    int importModel(
            @Parameters(
                            paramLabel = "FILE",
                            description = "PMML of a tree, an ensemble of trees, or a logistic regression.")
                    Path file,
            @Mixin SplitOptions split)
            throws Exception {
        return withoutJson((configured, store) -> {
            AdditiveModel model = PmmlReader.read(Files.readAllBytes(file));
            add(split(configured, split).evaluated("PMML of " + file.getFileName(), now(), model), store, out());
        });
    }

    @Command(description = "Writes the features of all landed payments as CSV, to train elsewhere.")
    int features(
            @Parameters(paramLabel = "FILE", description = "The file to write, which must not exist.") Path file,
            @Mixin SplitOptions split)
            throws Exception {
        if (Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " exists: expected the name of a new file");
        }
        return withoutJson((configured, store) -> writeFeatures(split(configured, split), file));
    }

    @Command(description = "Activates a model.")
    int promote(@Parameters(paramLabel = "N", converter = Version.class, description = "Its version.") long version)
            throws Exception {
        return withoutJson((configured, store) -> promote(store, (int) version));
    }

    @Command(description = "Starts the shadow evaluation of a model beside the active one.")
    int shadow(
            @Parameters(paramLabel = "N", converter = Version.class, description = "Its version; 0 for none.")
                    long version)
            throws Exception {
        return withoutJson((configured, store) -> shadow(store, (int) version));
    }

    private int withoutJson(ThrowingBiConsumer<CommandConfiguration, ModelStore, Exception> work) throws Exception {
        if (isListedAsJson) {
            throw usageError("--json is an option of list");
        }
        return with(work);
    }

    private int with(ThrowingBiConsumer<CommandConfiguration, ModelStore, Exception> work) throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            work.accept(configured, ModelStore.of(configured.settings(), configured.hdfs()));
            return 0;
        } catch (ModelException e) {
            out().println("Refused: " + e.getMessage());
            return REFUSED;
        }
    }

    /** The JSON of a model; {@code refusal} is null if the model is valid. */
    private record Listed(int version, boolean active, boolean shadow, String text, String refusal) {}

    private static List<Listed> listed(ModelStore store) throws IOException, ModelException {
        Choice choice = store.choice();
        List<Listed> models = new ArrayList<>();
        for (int version : store.versions()) {
            String text = null;
            String refusal = null;
            try {
                text = store.read(version).text();
            } catch (ModelException e) {
                refusal = e.getMessage();
            }
            models.add(new Listed(version, version == choice.active(), version == choice.shadow(), text, refusal));
        }
        return models;
    }

    private void list(List<Listed> models, ModelStore store) {
        for (Listed each : models) {
            String as = each.active() ? "active     " : each.shadow() ? "shadow     " : "           ";
            out().println(as
                    + (each.refusal() == null
                            ? each.text()
                            : "version " + each.version() + " is refused: " + each.refusal()));
        }
        out().println(models.size() + " models in " + store.place());
    }

    private void train(CommandConfiguration configured, ModelStore store, SplitOptions options, int trees, long seed)
            throws IOException, ModelException {
        TrainingExamples.Split split = split(configured, options);
        AdditiveModel model = new ForestTrainer(trees, seed).train(split.train(), done -> {
            if (done % 10 == 0 || done == trees) {
                out().printf("%d of %d trees%n", done, trees);
                out().flush();
            }
        });
        add(split.evaluated("a forest of %d trees".formatted(trees), now(), model), store, out());
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Adds a model: activates it if no model is active, otherwise starts its shadow evaluation. */
    private static void add(StoredModel model, ModelStore store, PrintStream out) throws IOException, ModelException {
        Choice choice = store.choice();
        StoredModel added = store.add(model);
        out.println(added.text());
        if (choice.active() == 0) {
            store.choose(choice.withActive(added.version()));
            out.printf("It is active: there was no model before.%n");
        } else {
            store.choose(choice.withShadow(added.version()));
            out.printf(
                    "It is in shadow evaluation beside version %d: see wadi_cards_compared_total, then ./wadi model promote %d%n",
                    choice.active(), added.version());
        }
    }

    private void promote(ModelStore store, int version) throws IOException, ModelException {
        StoredModel model = store.read(version);
        store.choose(store.choice().withActive(version));
        out().println("Active: " + model.text());
    }

    private void shadow(ModelStore store, int version) throws IOException, ModelException {
        if (version == 0) {
            store.choose(store.choice().withShadow(0));
            out().println("No model is in shadow evaluation.");
            return;
        }
        StoredModel model = store.read(version);
        store.choose(store.choice().withShadow(version));
        out().println("In shadow evaluation: " + model.text());
    }

    /** Writes the features of all payments as CSV, with the part of the split and the label of each payment. */
    private void writeFeatures(TrainingExamples.Split split, Path written) throws IOException {
        try (PrintStream file = new PrintStream(Files.newOutputStream(written), false, StandardCharsets.UTF_8)) {
            file.println("part,payment," + String.join(",", Feature.labels()) + ",fraud");
            for (TrainingExamples.Part part : split.parts()) {
                for (int i = 0; i < part.isFraud().length; i++) {
                    TrainingExamples.Example example = part.examples().get(i);
                    file.printf(
                            "%s,%s,%s,%s%n",
                            part.name(),
                            csv(example.payment()),
                            DoubleStream.of(example.values())
                                    .mapToObj(Double::toString)
                                    .collect(Collectors.joining(",")),
                            part.isFraud()[i] ? "1" : "0");
                }
            }
            if (file.checkError()) {
                throw new IOException(written + " could not be written completely");
            }
        }
        out().println("Written: " + written);
    }

    /** Quotes a field as in RFC 4180 if its text has separators. */
    static String csv(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private TrainingExamples.Split split(CommandConfiguration configured, SplitOptions options)
            throws IOException, ModelException {
        Settings settings = configured.settings();
        LandedRecords landed = new LandedRecords(configured.hdfs(), settings.get(LandingSettings.DIRECTORY));
        Set<String> frauds = frauds(landed, settings.get(CardsSettings.CHARGEBACKS_TOPIC));
        TrainingExamples examples = new TrainingExamples();
        String topic = settings.get(CardsSettings.TOPIC);
        PaymentReader reader = new PaymentReader();
        long latest = System.currentTimeMillis()
                + settings.get(CardsSettings.MAX_CLOCK_SKEW).toMillis();
        for (TopicPartition partition : landed.partitions(topic)) {
            read(landed, partition, value -> addPayment(value, reader, latest, options.until, examples));
            examples.endOfPartition();
        }
        out().printf(
                        "%,d landed payments of %s, %,d chargebacks, %,d invalid records%s%n",
                        examples.size(),
                        topic,
                        frauds.size(),
                        invalid,
                        invalid == 0 ? "" : ", the first: " + firstInvalid);
        out().flush();
        if (examples.size() == 0) {
            throw new ModelException(
                    "no payment of %s has landed in %s".formatted(topic, settings.get(LandingSettings.DIRECTORY)));
        }
        return examples.split(options.heldOut, frauds);
    }

    private void addPayment(byte[] value, PaymentReader reader, long latest, Instant until, TrainingExamples examples) {
        try {
            Payment payment = reader.read(value, latest);
            if (until == null || payment.at() < until.toEpochMilli()) {
                examples.add(payment);
            }
        } catch (InvalidPaymentException e) {
            // The scoring stream has already sent this record to the dead-letter topic.
            countInvalid(e.getMessage());
        }
    }

    private Set<String> frauds(LandedRecords landed, String topic) throws IOException {
        Set<String> frauds = new HashSet<>();
        for (TopicPartition partition : landed.partitions(topic)) {
            read(landed, partition, value -> payment(value).ifPresent(frauds::add));
        }
        return frauds;
    }

    /** Returns the id of the payment that a chargeback refers to; empty if the chargeback is invalid. */
    private Optional<String> payment(byte[] chargeback) {
        try {
            JsonNode payment = JSON.readTree(chargeback).path("payment");
            if (payment.isTextual()) {
                return Optional.of(payment.asText());
            }
            countInvalid("a chargeback has no /payment");
        } catch (IOException e) {
            countInvalid("a chargeback is not JSON");
        }
        return Optional.empty();
    }

    private void countInvalid(String reason) {
        firstInvalid = invalid++ == 0 ? reason : firstInvalid;
    }

    /** Reads the values of a partition in offset order, as the stream does. */
    private static void read(LandedRecords landed, TopicPartition partition, Consumer<byte[]> consumer)
            throws IOException {
        for (VisibleFiles.File file : landed.files(partition)) {
            LandedRecords.Content content = landed.content(file);
            if (content == LandedRecords.Content.UNKNOWN) {
                throw new IOException(
                        file.path()
                                + " is not in jsonl format, or has fewer lines than offsets; models are trained on jsonl files");
            }
            landed.read(
                    file,
                    content,
                    record -> consumer.accept(record.value() == null ? new byte[0] : Utils.toArray(record.value())));
        }
    }
}
