package io.wadi.extension.cards;

import static io.wadi.runtime.config.Setting.decimal;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.some;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of card payment evaluation. */
public final class CardsSettings {
    public static final Setting<Boolean> ENABLED = flag(
            "wadi.cards.enabled",
            "false",
            "Whether card payments are evaluated and landed together with their chargebacks.");
    public static final Setting<String> TOPIC =
            text("wadi.cards.topic", "card.payments", "The topic of payments, keyed by card.");
    public static final Setting<String> CHARGEBACKS_TOPIC = text(
            "wadi.cards.chargebacks-topic",
            "card.chargebacks",
            "The topic of payments reported as fraud, used to train models.");
    public static final Setting<String> DECISIONS_TOPIC =
            text("wadi.cards.decisions-topic", "card.decisions", "The topic of the decision on each payment.");
    public static final Setting<String> ALERTS_TOPIC =
            text("wadi.cards.alerts-topic", "card.alerts", "The topic of payments to review, with the reasons.");
    public static final Setting<String> APPLICATION = text(
            "wadi.cards.application",
            "wadi-cards",
            "The Kafka Streams application id: the consumer group, and the prefix of the changelog topic.");
    public static final Setting<String> MODELS = text(
            "wadi.cards.models",
            "/wadi/card-models",
            "The directory of the models in HDFS, or on this machine with the prefix file:.");
    public static final Setting<Duration> MODELS_REFRESH_INTERVAL = duration(
            "wadi.cards.models-refresh-interval",
            "1s",
            "100ms",
            "1h",
            "Interval of checking for a newly promoted model.");
    public static final Setting<List<String>> RULES = some(
            "wadi.cards.rules",
            "amount,velocity,distance,abroad",
            List.of("amount", "velocity", "distance", "abroad"),
            "The rules that raise alerts independently of the model.");
    public static final Setting<Double> MAX_AMOUNT = decimal(
            "wadi.cards.max-amount", "3000", 0, 1000000000, "Rule amount: the largest payment that raises no alert.");
    public static final Setting<Long> MAX_PAYMENTS = number(
            "wadi.cards.max-payments",
            "5",
            1,
            31,
            "Rule velocity: the maximum number of payments of a card in ten minutes without an alert.");
    public static final Setting<Double> MAX_SPEED = decimal(
            "wadi.cards.max-speed",
            "1000",
            50,
            19999,
            "Rule distance: the maximum speed in km/h between two payments of a card without an alert.");
    public static final Setting<Duration> MAX_CLOCK_SKEW = duration(
            "wadi.cards.max-clock-skew",
            "1d",
            "1s",
            "30d",
            "Maximum clock skew; payments with a later time are rejected.");
    public static final Setting<Long> MAX_CARDS = number(
            "wadi.cards.max-cards",
            "1000000",
            1,
            100000000,
            "Maximum number of card histories per partition, up to 0.4 KB each; further cards are evaluated without a"
                    + " history.");
    public static final Setting<Duration> CARD_TTL = duration(
            "wadi.cards.card-ttl",
            "180d",
            "1d",
            "3650d",
            "Time without payments after which the history of a card is removed.");
    public static final Setting<Duration> COMMIT_INTERVAL = duration(
            "wadi.cards.commit-interval",
            "20ms",
            "5ms",
            "1s",
            "Commit interval: the duration of a transaction of decisions, which delays read_committed consumers.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(CardsSettings.class);

    private CardsSettings() {}
}
