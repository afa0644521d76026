package io.wadi.bench;

/**
 * Records to be landed.
 *
 * @param records the number of records, a multiple of the number of partitions
 * @param valueBytes the length of each value
 * @param rollRecords the number of records in a file; each partition's records fill whole files
 */
record LandingCase(long records, int valueBytes, int rollRecords) {
    static final int PARTITIONS = 4;

    /** Wadi's default number of records in a file. */
    private static final int LARGEST_FILE = 100_000;

    private static final int MILLION = 1_000_000;

    /**
     * Returns a case with files of equal size, as large as Wadi's default allows, so that no subject waits for a
     * partial file.
     */
    static LandingCase of(long records, int valueBytes) {
        long perPartition = Math.max(1, records / PARTITIONS);
        long files = (perPartition + LARGEST_FILE - 1) / LARGEST_FILE;
        while (perPartition % files != 0) {
            files++;
        }
        return new LandingCase(perPartition * PARTITIONS, valueBytes, (int) (perPartition / files));
    }

    /** Returns the name, such as {@code 2M x 250 B}. */
    String name() {
        return "%s x %d B".formatted(volume(), valueBytes);
    }

    private String volume() {
        if (records % (MILLION / 10) == 0 && records >= MILLION) {
            return (records % MILLION == 0 ? Long.toString(records / MILLION) : Double.toString(records / 1e6)) + "M";
        }
        return records % 1_000 == 0 ? records / 1_000 + "k" : Long.toString(records);
    }

    /** Returns the topic with the records. */
    String topic() {
        return "landing-%d-%d".formatted(records, valueBytes);
    }

    long recordsAPartition() {
        return records / PARTITIONS;
    }

    long files() {
        return records / rollRecords;
    }
}
