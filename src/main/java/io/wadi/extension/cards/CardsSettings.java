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

/** The settings of judging card payments. */
public final class CardsSettings {
    public static final Setting<Boolean> ENABLED = flag(
            "wadi.cards.enabled", "false", "Whether payments by card are judged, and landed with their chargebacks.");
    public static final Setting<String> TOPIC =
            text("wadi.cards.topic", "card.payments", "The topic of payments, keyed by card.");
    public static final Setting<String> CHARGEBACKS_TOPIC = text(
            "wadi.cards.chargebacks-topic",
            "card.chargebacks",
            "The topic of payments that turned out to be frauds, which models learn from.");
    public static final Setting<String> VERDICTS_TOPIC =
            text("wadi.cards.verdicts-topic", "card.verdicts", "The topic of the verdict on each payment.");
    public static final Setting<String> ALERTS_TOPIC = text(
            "wadi.cards.alerts-topic", "card.alerts", "The topic of payments to be looked into, with the reasons.");
    public static final Setting<String> APPLICATION = text(
            "wadi.cards.application",
            "wadi-cards",
            "The application id in Kafka Streams: the consumer group, and the beginning of the state's topic.");
    public static final Setting<String> MODELS = text(
            "wadi.cards.models",
            "/wadi/card-models",
            "The directory of the models, in HDFS; with file: before it, on this machine.");
    public static final Setting<Duration> MODELS_REFRESH_INTERVAL = duration(
            "wadi.cards.models-refresh-interval",
            "1s",
            "100ms",
            "1h",
            "How often it is looked whether another model is in force.");
    public static final Setting<List<String>> RULES = some(
            "wadi.cards.rules",
            "amount,velocity,distance,abroad",
            List.of("amount", "velocity", "distance", "abroad"),
            "The rules that raise alerts whatever a model says.");
    public static final Setting<Double> MAX_AMOUNT = decimal(
            "wadi.cards.max-amount",
            "3000",
            0,
            1000000000,
            "Of the rule amount: the largest payment that raises none.");
    public static final Setting<Long> MAX_PAYMENTS = number(
            "wadi.cards.max-payments",
            "5",
            1,
            32,
            "Of the rule velocity: payments of a card in ten minutes that raise none.");
    public static final Setting<Double> MAX_SPEED = decimal(
            "wadi.cards.max-speed",
            "1000",
            50,
            20000,
            "Of the rule distance: how fast in km/h a card may be from place to place.");
    public static final Setting<Long> MAX_CARDS = number(
            "wadi.cards.max-cards",
            "1000000",
            1,
            100000000,
            "Cards that each partition knows at once, some 0.4 KB each; others are judged as if they paid for the first time.");
    public static final Setting<Duration> CARD_TTL = duration(
            "wadi.cards.card-ttl", "180d", "1d", "3650d", "A card that is not used for this long is forgotten.");
    public static final Setting<Duration> COMMIT_INTERVAL = duration(
            "wadi.cards.commit-interval",
            "20ms",
            "5ms",
            "1s",
            "How long verdicts are gathered into one transaction, which those wait for who read committed records.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            ENABLED,
            TOPIC,
            CHARGEBACKS_TOPIC,
            VERDICTS_TOPIC,
            ALERTS_TOPIC,
            APPLICATION,
            MODELS,
            MODELS_REFRESH_INTERVAL,
            RULES,
            MAX_AMOUNT,
            MAX_PAYMENTS,
            MAX_SPEED,
            MAX_CARDS,
            CARD_TTL,
            COMMIT_INTERVAL);

    private CardsSettings() {}
}
