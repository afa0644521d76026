package io.wadi.extension.cards;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The history of a card in less than 400 bytes: usual amounts and hours, countries, merchant categories, the last
 * location, and the last 32 payments within 24 hours. Training and stream processing both compute features here, so the
 * same payments in the same order give the same features. Not thread-safe.
 *
 * <p>A late payment counts in the windows that end at its time, and does not change the card's last location.
 * Categories are stored as one of 64 hash buckets. At most ten countries are stored: a further country replaces the
 * least used one.
 */
public final class CardHistory {
    /** Times from the year 2200 on are invalid. */
    static final long LATEST = 7_258_118_400_000L;

    private static final byte VERSION = 1;
    private static final int FIXED_BYTES = 59;
    /** The position of the last payment's time in the serialized form. */
    private static final int LAST_AT = 25;

    private static final int RECENT = 32;
    private static final int COUNTRIES = 10;
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final double MAX_MINUTES = 30.0 * 24 * 60;
    private static final double MAX_KMH = 20_000;
    /** Above any ratio of valid amounts; features are finite. */
    private static final double MAX_SPENT = 1e15;

    private static final double NEAR_KM = 50;
    private static final double SMALL = 5;
    private static final int MAX_KNOWN = 100;
    /** The weight of the newest payment in the moving averages of a card with many payments. */
    private static final double NEWEST = 0.04;
    /** The prior variance of the logarithm of amounts, for cards with few payments. */
    private static final double PRIOR_VARIANCE = 0.6;

    private static final int PRIOR_WEIGHT = 4;
    private static final double EARTH_RADIUS_KM = 6371;

    private int known;
    private float meanLog;
    private float varianceLog;
    private float onlineShare;
    private float hourX;
    private float hourY;
    private long lastAt;
    private long placeAt;
    private float latitude = Float.NaN;
    private float longitude = Float.NaN;
    private long categories;
    private int countries;
    private final short[] country = new short[COUNTRIES];
    private final int[] countryUses = new int[COUNTRIES];
    /** The number of entries in the two arrays below, which are sorted by time, the oldest first. */
    private int recent;

    private final long[] recentAt = new long[RECENT + 1];
    private final float[] recentAmount = new float[RECENT + 1];

    /**
     * Adds a payment.
     *
     * @return its features, by {@link Feature#place}, relative to the payments added before
     */
    public double[] take(Payment payment) {
        double[] features = new double[Feature.values().length];
        takeInto(payment, features);
        return features;
    }

    private void takeInto(Payment payment, double[] features) {
        double logAmount = Math.log(payment.amount());
        put(features, Feature.AMOUNT, payment.amount());
        put(features, Feature.AMOUNT_UNUSUAL, known == 0 ? 0 : (logAmount - meanLog) / Math.sqrt(variance()));
        put(features, Feature.MINUTES_SINCE, minutesSince(payment.at()));
        put(features, Feature.KNOWN, Math.min(known, MAX_KNOWN));
        boolean isStored = add(payment.at(), (float) payment.amount());
        countWindows(payment, isStored, features);
        placeInto(payment, features);
        short where =
                (short) ((payment.country().charAt(0) << 8) | payment.country().charAt(1));
        put(features, Feature.ABROAD, countries > 0 && where != home() ? 1 : 0);
        put(features, Feature.COUNTRY_NEW, known > 0 && placeOf(where) < 0 ? 1 : 0);
        long category = 1L << ((payment.category().hashCode() * 0x9E3779B9) >>> 26);
        put(features, Feature.CATEGORY_NEW, known > 0 && (categories & category) == 0 ? 1 : 0);
        put(features, Feature.ONLINE, payment.online() ? 1 : 0);
        put(features, Feature.ONLINE_UNUSUAL, known == 0 ? 0 : payment.online() ? 1 - onlineShare : onlineShare);
        double angle = 2 * Math.PI * (payment.at() % DAY) / DAY;
        put(features, Feature.HOUR_UNUSUAL, hourUnusual(angle));
        learn(payment, logAmount, angle);
        categories |= category;
        use(where);
    }

    private static void put(double[] features, Feature feature, double value) {
        features[feature.place()] = value;
    }

    private double variance() {
        return (PRIOR_WEIGHT * PRIOR_VARIANCE + known * varianceLog) / (PRIOR_WEIGHT + known);
    }

    private double minutesSince(long at) {
        return known == 0 ? MAX_MINUTES : Math.min(MAX_MINUTES, Math.max(0, at - lastAt) / (double) MINUTE);
    }

    /**
     * Inserts a payment in order of time. Removes the oldest payment if there are too many, and those that are a day
     * older than the newest.
     *
     * @return whether the payment itself is stored
     */
    private boolean add(long at, float amount) {
        int place = recent;
        while (place > 0 && recentAt[place - 1] > at) {
            recentAt[place] = recentAt[place - 1];
            recentAmount[place] = recentAmount[place - 1];
            place--;
        }
        recentAt[place] = at;
        recentAmount[place] = amount;
        recent++;
        long oldest = recentAt[recent - 1] - DAY;
        int gone = recent > RECENT ? 1 : 0;
        while (recentAt[gone] <= oldest) {
            gone++;
        }
        if (gone > 0) {
            recent -= gone;
            System.arraycopy(recentAt, gone, recentAt, 0, recent);
            System.arraycopy(recentAmount, gone, recentAmount, 0, recent);
        }
        return place >= gone;
    }

    private void countWindows(Payment payment, boolean isStored, double[] features) {
        long at = payment.at();
        // A payment that is older than the stored ones counts itself.
        int itself = isStored ? 0 : 1;
        int tenMinutes = itself;
        int hour = itself;
        int day = itself;
        int small = payment.amount() < SMALL ? itself : 0;
        double spent = itself * payment.amount();
        double spentInHour = spent;
        for (int i = recent - 1; i >= 0 && recentAt[i] > at - DAY; i--) {
            if (recentAt[i] <= at) {
                long age = at - recentAt[i];
                day++;
                spent += recentAmount[i];
                hour += age < HOUR ? 1 : 0;
                spentInHour += age < HOUR ? recentAmount[i] : 0;
                small += age < HOUR && recentAmount[i] < SMALL ? 1 : 0;
                tenMinutes += age < 10 * MINUTE ? 1 : 0;
            }
        }
        put(features, Feature.PAYMENTS_10M, tenMinutes);
        put(features, Feature.PAYMENTS_1H, hour);
        put(features, Feature.PAYMENTS_1D, day);
        put(features, Feature.SMALL_1H, small);
        double usual = Math.exp(meanLog);
        put(features, Feature.SPENT_1D, known == 0 ? 1 : Math.min(MAX_SPENT, spent / usual));
        put(features, Feature.SPENT_1H, known == 0 ? 1 : Math.min(MAX_SPENT, spentInHour / usual));
    }

    private void placeInto(Payment payment, double[] features) {
        if (!payment.isLocated()) {
            return;
        }
        if (!Float.isNaN(latitude)) {
            double distance = distance(payment.latitude(), payment.longitude());
            double hours = Math.abs(payment.at() - placeAt) / (double) HOUR;
            put(features, Feature.DISTANCE_KM, distance);
            put(
                    features,
                    Feature.SPEED_KMH,
                    distance < NEAR_KM ? 0 : Math.min(MAX_KMH, distance / Math.max(hours, 1e-3)));
        }
        if (Float.isNaN(latitude) || payment.at() >= placeAt) {
            latitude = (float) payment.latitude();
            longitude = (float) payment.longitude();
            placeAt = payment.at();
        }
    }

    /** Returns the great-circle distance in kilometers by the haversine formula. */
    private double distance(double toLatitude, double toLongitude) {
        double sinLatitude = Math.sin(Math.toRadians(toLatitude - latitude) / 2);
        double sinLongitude = Math.sin(Math.toRadians(toLongitude - longitude) / 2);
        double square = sinLatitude * sinLatitude
                + Math.cos(Math.toRadians(latitude))
                        * Math.cos(Math.toRadians(toLatitude))
                        * sinLongitude
                        * sinLongitude;
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(square)));
    }

    private double hourUnusual(double angle) {
        double length = Math.sqrt(hourX * hourX + hourY * hourY);
        return known == 0 || length < 1e-6 ? 0 : 1 - (Math.cos(angle) * hourX + Math.sin(angle) * hourY) / length;
    }

    private short home() {
        int most = 0;
        for (int i = 1; i < countries; i++) {
            most = countryUses[i] > countryUses[most] ? i : most;
        }
        return country[most];
    }

    private int placeOf(short where) {
        for (int i = 0; i < countries; i++) {
            if (country[i] == where) {
                return i;
            }
        }
        return -1;
    }

    private void use(short where) {
        int place = placeOf(where);
        if (place < 0 && countries < COUNTRIES) {
            place = countries++;
        } else if (place < 0) {
            place = 0;
            for (int i = 1; i < COUNTRIES; i++) {
                place = countryUses[i] < countryUses[place] ? i : place;
            }
        }
        countryUses[place] = country[place] == where ? countryUses[place] + 1 : 1;
        country[place] = where;
    }

    private void learn(Payment payment, double logAmount, double angle) {
        double newest = Math.max(NEWEST, 1.0 / (known + 1));
        double off = logAmount - meanLog;
        meanLog += (float) (newest * off);
        varianceLog = (float) ((1 - newest) * (varianceLog + newest * off * off));
        onlineShare += (float) (newest * ((payment.online() ? 1 : 0) - onlineShare));
        hourX += (float) (newest * (Math.cos(angle) - hourX));
        hourY += (float) (newest * (Math.sin(angle) - hourY));
        lastAt = Math.max(lastAt, payment.at());
        known++;
    }

    /** Serializes the history for {@link #fromBytes}. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + 6 * countries + 8 * recent);
        bytes.put(VERSION).putInt(known).putFloat(meanLog).putFloat(varianceLog).putFloat(onlineShare);
        bytes.putFloat(hourX).putFloat(hourY).putLong(lastAt).putLong(placeAt);
        bytes.putFloat(latitude).putFloat(longitude).putLong(categories);
        bytes.put((byte) countries).put((byte) recent);
        for (int i = 0; i < countries; i++) {
            bytes.putShort(country[i]).putInt(countryUses[i]);
        }
        for (int i = 0; i < recent; i++) {
            // Fits an int: no stored payment is more than a day older than the newest one.
            bytes.putInt((int) (lastAt - recentAt[i])).putFloat(recentAmount[i]);
        }
        return bytes.array();
    }

    /**
     * Deserializes a history.
     *
     * @throws IllegalArgumentException if the bytes are invalid or of another version
     */
    public static CardHistory fromBytes(byte[] stored) {
        CardHistory history = new CardHistory();
        try {
            history.read(ByteBuffer.wrap(stored));
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("truncated after %d bytes".formatted(stored.length), e);
        }
        return history;
    }

    /** Reads the time of the last payment without deserializing the rest. */
    public static long lastAt(byte[] stored) {
        return stored.length < FIXED_BYTES ? 0 : ByteBuffer.wrap(stored).getLong(LAST_AT);
    }

    private void read(ByteBuffer bytes) {
        byte version = bytes.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("found version %d, expected %d".formatted(version, VERSION));
        }
        known = bytes.getInt();
        meanLog = bytes.getFloat();
        varianceLog = bytes.getFloat();
        onlineShare = bytes.getFloat();
        hourX = bytes.getFloat();
        hourY = bytes.getFloat();
        lastAt = bytes.getLong();
        placeAt = bytes.getLong();
        latitude = bytes.getFloat();
        longitude = bytes.getFloat();
        categories = bytes.getLong();
        countries = bytes.get();
        recent = bytes.get();
        for (int i = 0; i < countries; i++) {
            country[i] = bytes.getShort();
            countryUses[i] = bytes.getInt();
        }
        for (int i = 0; i < recent; i++) {
            recentAt[i] = lastAt - bytes.getInt();
            recentAmount[i] = bytes.getFloat();
        }
    }
}
