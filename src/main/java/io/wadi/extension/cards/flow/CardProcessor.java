package io.wadi.extension.cards.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.extension.cards.CardHistory;
import io.wadi.extension.cards.InvalidPaymentException;
import io.wadi.extension.cards.Payment;
import io.wadi.extension.cards.PaymentReader;
import io.wadi.extension.cards.Rule;
import io.wadi.kafka.streams.RejectedRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A processor that evaluates the payments of one partition. Not thread-safe: used by its task's thread only. */
final class CardProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(CardProcessor.class);
    private static final Duration SCAN_INTERVAL = Duration.ofSeconds(1);
    /** The number of histories that one punctuation checks for expiry, which takes a few milliseconds. */
    static final int CARDS_PER_SCAN = 5_000;

    private final CardsTopology flow;
    private final PaymentReader reader = new PaymentReader();
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> cards;
    /** The time of the newest payment, but at most the wall clock, because the clock of a sender may be ahead. */
    private long newest;
    /** The cards that the current scan has not checked; null between scans. The store copies its keys for each scan. */
    private KeyValueIterator<String, byte[]> unchecked;

    CardProcessor(CardsTopology flow) {
        this.flow = flow;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
        cards = context.getStateStore(CardsTopology.STORE);
        context.schedule(SCAN_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> removeExpired());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try {
            byte[] value = record.value() == null ? new byte[0] : record.value();
            Payment payment = reader.read(
                    value, flow.clock().millis() + flow.options().clockSkew().toMillis());
            if (!isKey(record.key(), payment.card())) {
                throw new KeyException(payment.card());
            }
            evaluate(payment);
        } catch (InvalidPaymentException | KeyException e) {
            sendDeadLetter(record, e);
        }
    }

    /** Returns whether the record's key is the card. Only then are all payments of a card in one partition. */
    private static boolean isKey(byte[] key, String card) {
        if (key == null) {
            return false;
        }
        byte[] expected = card.getBytes(UTF_8);
        // A JSON key is a quoted string.
        boolean isJson = key.length == expected.length + 2
                && key[0] == '"'
                && key[key.length - 1] == '"'
                && Arrays.equals(key, 1, key.length - 1, expected, 0, expected.length);
        return isJson || Arrays.equals(key, expected);
    }

    private void evaluate(Payment payment) {
        CardHistory history = history(payment.card());
        double[] features = history.take(payment);
        keep(payment.card(), history);
        newest = Math.max(newest, Math.min(payment.at(), flow.clock().millis()));
        List<Rule> broken = flow.options().rules().brokenBy(features);
        ActiveModels.Models current = flow.models().current();
        BoundModel model = current.active();
        double score = model == null ? Double.NaN : model.score(features);
        boolean isByModel = model != null && score >= model.threshold();
        boolean isReview = isByModel || !broken.isEmpty();
        if (current.shadow() != null) {
            flow.meters()
                    .compare(
                            isByModel,
                            current.shadow().score(features) >= current.shadow().threshold());
        }
        flow.meters().decision(isReview);
        byte[] key = payment.card().getBytes(UTF_8);
        emit(key, Decision.json(payment, isReview, model, score), CardsTopology.DECISIONS);
        if (isReview) {
            flow.meters().alert(broken, isByModel);
            emit(key, Decision.alert(payment, features, broken, model, score), CardsTopology.ALERTS);
        }
    }

    private CardHistory history(String card) {
        byte[] stored = cards.get(card);
        if (stored == null) {
            return new CardHistory();
        }
        try {
            return CardHistory.fromBytes(stored);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "History of card \"{}\": reading failed, starting with an empty history: {}", card, e.getMessage());
            return new CardHistory();
        }
    }

    private void keep(String card, CardHistory history) {
        if (cards.approximateNumEntries() < flow.options().maxCards() || cards.get(card) != null) {
            cards.put(card, history.toBytes());
        } else {
            flow.meters().notStored();
        }
    }

    private void emit(byte[] key, byte[] value, String where) {
        context.forward(new Record<>(key, value, flow.clock().millis()), where);
    }

    /** Removes expired histories in portions, so that a full scan does not delay payments. */
    private void removeExpired() {
        long before = newest - flow.options().cardTtl().toMillis();
        if (unchecked == null) {
            unchecked = cards.all();
        }
        for (int i = 0; i < CARDS_PER_SCAN && unchecked.hasNext(); i++) {
            KeyValue<String, byte[]> card = unchecked.next();
            if (CardHistory.lastAt(card.value) < before) {
                cards.delete(card.key);
            }
        }
        if (!unchecked.hasNext()) {
            endScan();
        }
        flow.meters().known(this, cards.approximateNumEntries());
    }

    private void endScan() {
        unchecked.close();
        unchecked = null;
    }

    private void sendDeadLetter(Record<byte[], byte[]> payment, Exception why) {
        RejectedRecord.write(
                flow.deadLetters(),
                CardsTopology.NAME,
                context,
                payment,
                why,
                deadLetter -> context.forward(deadLetter, CardsTopology.DEAD_LETTERS));
    }

    @Override
    public void close() {
        if (unchecked != null) {
            endScan();
        }
        flow.meters().end(this);
    }

    private static final class KeyException extends Exception {
        KeyException(String card) {
            super("the record's key is not the payment's card \"%s\": all payments of a card must be in one partition"
                    .formatted(card));
        }
    }
}
