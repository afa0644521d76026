package io.wadi.extension.cards.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wadi.extension.cards.CardHistory;
import io.wadi.streams.topology.TopologyDriver;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** The histories of cards in the state store: their maximum number, their expiry, and payments with future times. */
class CardHistoriesTest extends CardsTopologyTestSupport {
    @Test
    void cardsInTheStore_areLimited_andExpire() {
        pay("a", 1, 0);
        pay("b", 1, 1);
        pay("c", 1, 2);
        pay("d", 1, 3);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("d")).isNull();
        assertThat(counted("wadi.cards.untracked")).isEqualTo(1);
        clock.pass(Duration.ofDays(31));
        pay("a", 1, 30 * 24 * 60 + 2);

        driver.advanceWallClockTime(Duration.ofSeconds(1));

        assertThat(cards.get("a")).isNotNull();
        assertThat(cards.get("b")).isNull();
        assertThat(cards.get("c")).isNotNull();
        assertThat(registry.get("wadi.cards.known").gauge().value()).isEqualTo(2);
    }

    @Test
    void scansOfManyCards_doNotCopyAllKeysEachTime() {
        driver.close();
        open(1_000_000);
        pay("a", 1, 0);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        addCards(cards, 199_999);
        // The driver copies the records of the changelog.
        passSeconds(40);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        passSeconds(40);

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(96L << 20);
    }

    @Test
    void expiredCards_areRemovedInPortions_andByLaterScans() {
        driver.close();
        open(1_000_000);
        pay("a", 1, 0);
        clock.pass(Duration.ofDays(31));
        pay("z", 1, 31 * 24 * 60);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        byte[] expired = cards.get("a");
        addCards(cards, 11_000);

        passSeconds(1);
        assertThat(cards.approximateNumEntries()).isEqualTo(6_002);
        passSeconds(2);
        assertThat(cards.approximateNumEntries()).isEqualTo(1);
        assertThat(cards.get("z")).isNotNull();

        cards.put("a", expired);
        passSeconds(1);
        assertThat(cards.get("a")).isNull();
    }

    /** Adds cards with the history of card a. */
    private static void addCards(KeyValueStore<String, byte[]> cards, int count) {
        byte[] history = cards.get("a");
        for (int card = 0; card < count; card++) {
            cards.put("b" + card, history);
        }
    }

    private void passSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
    }

    @Test
    void close_duringAScan_closesItsIterator() {
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>(settings());
        KeyValueStore<String, byte[]> cards = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(CardsTopology.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        cards.init(context.getStateStoreContext(), cards);
        context.addStateStore(cards);
        byte[] history = new CardHistory().toBytes();
        for (int card = 0; card <= CardProcessor.CARDS_PER_SCAN; card++) {
            cards.put("c" + card, history);
        }
        CardProcessor processor = new CardProcessor(topology(1_000_000));
        processor.init(context);

        context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
        assertThat(openIterators(context)).isEqualTo(1);
        processor.close();

        assertThat(openIterators(context)).isZero();
    }

    private static long openIterators(MockProcessorContext<byte[], byte[]> context) {
        return context.metrics().metrics().entrySet().stream()
                .filter(each -> each.getKey().name().equals("num-open-iterators"))
                .mapToLong(each -> (Long) each.getValue().metricValue())
                .sum();
    }

    @Test
    void cardsOfAClosedTask_areNotCounted() {
        pay("a", 1, 0);
        passSeconds(1);
        assertThat(registry.get("wadi.cards.known").gauge().value()).isEqualTo(1);

        driver.close();
        assertThat(registry.get("wadi.cards.known").gauge().value()).isZero();

        open(3); // a driver is closed only once
    }

    /** The cards would have expired at the time of the payment. */
    @Test
    void paymentWithAFutureTime_doesNotExpireOtherCards() {
        pay("a", 1, 0);
        pay("b", 1, 1);
        clock.pass(EXPIRY.minus(CLOCK_SKEW.dividedBy(2)));
        pay("c", 1, (int) EXPIRY.plus(CLOCK_SKEW.dividedBy(2)).toMinutes());

        driver.advanceWallClockTime(Duration.ofSeconds(1));

        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("a")).isNotNull();
        assertThat(cards.get("b")).isNotNull();
        assertThat(cards.get("c")).isNotNull();
    }

    @Test
    void paymentMoreThanTheSkewAhead_isADeadLetter_andStoresNoHistory() {
        pay("a", 1, (int) CLOCK_SKEW.toMinutes() + 1);
        pay("b", 1, 100 * 365 * 24 * 60);
        pay("c", 1, -100 * 24 * 60);

        assertThat(deadLetters.readRecordsToList())
                .extracting(each -> TopologyDriver.header(each, "exception.message"))
                .containsExactly(
                        "at \"/at\": found 2026-11-21T01:01:00Z, expected up to 2026-11-21T01:00:00Z: the sender's clock is ahead",
                        "at \"/at\": found 2126-10-27T01:00:00Z, expected up to 2026-11-21T01:00:00Z: the sender's clock is ahead");
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("a")).isNull();
        assertThat(cards.get("b")).isNull();
        assertThat(cards.get("c")).as("a replay of history").isNotNull();
        clock.pass(Duration.ofMinutes(1));
        pay("a", 1, (int) CLOCK_SKEW.toMinutes() + 1);
        assertThat(cards.get("a")).isNotNull();
    }
}
