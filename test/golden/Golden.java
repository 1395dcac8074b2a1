import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParsePosition;
import java.text.SimpleDateFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Java's own classes say, as vectors for test/golden/golden.test.ts: one JSON array of [inputs..., result] per line, under the name of a
 * group. Only the JDK is asked; nothing of ksqlDB is. How to make the data anew: see README.md beside this file.
 */
public final class Golden {
  private static final Random RANDOM = new Random(42);
  private static final StringBuilder OUT = new StringBuilder();
  private static boolean firstLine;
  private static boolean firstGroup = true;

  public static void main(final String[] args) throws Exception {
    Locale.setDefault(Locale.US);
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    OUT.append("{");
    doubleText();
    parseDouble();
    doubleCasts();
    integers();
    decimalArithmetic();
    decimalRounding();
    decimalText();
    strings();
    utf8();
    urls();
    formatTimestamps();
    parseDates();
    regularExpressions();
    hashOrder();
    OUT.append("\n  ]\n}\n");
    System.out.print(OUT);
  }

  // ---- numbers

  private static List<Double> doubles(final int randomCount) {
    final List<Double> all = new ArrayList<>(List.of(0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1.5, 2.5, -2.5, 1e-3, 9.999e-4, 0.001234, 1e7,
        9999999.0, 1.0E7 - 0.1, 12345678.9, 1e10, 1e21, 1e22, 1e23, 2e23, 9.007199254740993E15, 1.0E16, 4.9E-324, 1e-323, 2.2250738585072014E-308,
        1.7976931348623157E308, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Math.PI, Math.E, 2.0E-3, 100.0, 123456.0,
        2147483647.0, 2147483648.0, -2147483649.0, 9.223372036854775807E18, -9.3E18, 0.5, 1.0E-5, 3.0E-44));
    for (int exponent = -1074; exponent <= 1023; exponent += 97) all.add(Math.scalb(1.0, exponent));
    for (int exponent = -320; exponent <= 308; exponent += 31) all.add(Double.parseDouble("1e" + exponent));
    for (int i = 0; i < randomCount; i++) all.add(Double.longBitsToDouble(RANDOM.nextLong()));
    for (int i = 0; i < randomCount / 2; i++) all.add((RANDOM.nextInt(2_000_000) - 1_000_000) / 1000.0);
    return all;
  }

  private static String bits(final double value) {
    return String.format("%016x", Double.doubleToLongBits(value));
  }

  private static void doubleText() {
    group("doubleText");
    for (final double value : doubles(160)) line(bits(value), Double.toString(value));
  }

  private static void parseDouble() {
    group("parseDouble");
    for (final String text : List.of("0", "-0", "+1", "1.", ".5", ".", "", " 1 ", "\t1\n", "1e3", "1E+3", "1e-3", "1e", "e1", "1e400", "-1e400", "1e-400",
        "1d", "1f", "1D", "1.5F", "1l", "0001", "1_000", "1,5", "--1", "+-1", "1 2", "4.9E-324", "2.4703282292062328E-324",
        "2.47032822920623272E-324", "9007199254740993", "9007199254740992.9999999999", "0.1000000000000000055511151231257827", "1.7976931348623159E308",
        "\u00a01", "\u0661", "1e2147483648", "1e-2147483649", "00.100", "1e+", "0e0", "123456789012345678901234567890")) {
      line(text, attempt(() -> bits(Double.parseDouble(text.trim()))));
    }
  }

  private static void doubleCasts() {
    group("doubleCasts");
    for (final double value : doubles(20))
      line(bits(value), (int) value, Long.toString((long) value), Long.toString(Math.round(value)), Long.toString((long) Math.floor(value + 0.5)));
  }

  private static void integers() {
    final int[] ints = {0, 1, -1, 2, -2, 3, 7, -7, 10, 46341, 65536, -65536, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 1};
    group("integers");
    for (final int a : ints)
      for (final int b : ints)
        line(a, b, a + b, a - b, a * b, attempt(() -> a / b), attempt(() -> a % b), -a, Math.abs(a));
    final long[] longs = {0, 1, -1, 2, -3, 7, 10, 3037000500L, 1L << 32, -(1L << 40), Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1};
    group("longs");
    for (final long a : longs)
      for (final long b : longs)
        line("" + a, "" + b, "" + (a + b), "" + (a - b), "" + a * b, attempt(() -> "" + a / b), attempt(() -> "" + a % b), "" + -a, "" + Math.abs(a),
            (int) a);
  }

  private static BigDecimal decimal(final int precision, final int scale) {
    final int digits = 1 + RANDOM.nextInt(precision);
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < digits; i++) text.append(RANDOM.nextInt(3) == 0 ? 0 : RANDOM.nextInt(10));
    final BigInteger unscaled = new BigInteger(text.toString());
    return new BigDecimal(RANDOM.nextBoolean() ? unscaled : unscaled.negate(), scale);
  }

  /** As ksqlDB's documentation has it: exact, or an error. The last two inputs are precision and scale of the result. */
  private static void decimalArithmetic() {
    group("decimalArithmetic");
    final int[][] types = {{4, 2}, {6, 0}, {3, 3}, {10, 5}, {20, 1}};
    for (final int[] a : types)
      for (final int[] b : types)
        for (int round = 0; round < 3; round++) {
          final BigDecimal x = decimal(a[0], a[1]);
          final BigDecimal y = round == 2 ? new BigDecimal(BigInteger.valueOf(new int[] {0, 1, 2, 5, 8}[RANDOM.nextInt(5)]), b[1]) : decimal(b[0], b[1]);
          final int wide = Math.max(a[1], b[1]);
          final int sum = wide + Math.max(a[0] - a[1], b[0] - b[1]) + 1;
          final int divided = Math.max(6, a[1] + b[0] + 1);
          final int quotient = a[0] - a[1] + b[1] + divided;
          final int rest = Math.min(a[0] - a[1], b[0] - b[1]) + wide;
          operation("+", x, y, a, b, sum, wide);
          operation("-", x, y, a, b, sum, wide);
          operation("*", x, y, a, b, a[0] + b[0] + 1, a[1] + b[1]);
          operation("/", x, y, a, b, quotient, divided);
          operation("%", x, y, a, b, rest, wide);
        }
  }

  private static void operation(final String op, final BigDecimal x, final BigDecimal y, final int[] a, final int[] b, final int precision,
      final int scale) {
    final MathContext context = new MathContext(precision, RoundingMode.UNNECESSARY);
    final Object result = attempt(() -> {
      final BigDecimal exact = switch (op) {
        case "+" -> x.add(y, context);
        case "-" -> x.subtract(y, context);
        case "*" -> x.multiply(y, context);
        case "/" -> x.divide(y, context);
        default -> x.remainder(y, context);
      };
      return exact.setScale(scale).toPlainString();
    });
    line(op, x.toPlainString(), a[0], a[1], y.toPlainString(), b[0], b[1], precision, scale, result);
  }

  private static void decimalRounding() {
    group("decimalRounding");
    for (final String text : List.of("0.00", "0.05", "-0.05", "0.15", "0.25", "1.249", "1.25", "-1.25", "1.251", "9.95", "99.995", "-99.995", "5", "15", "-15", "0.5",
        "-0.5", "1234567890123456789.5", "0.4999999999999999999999")) {
      final BigDecimal value = new BigDecimal(text);
      for (int scale = -1; scale <= 2; scale++)
        line(text, scale, value.setScale(scale, RoundingMode.HALF_UP).toPlainString(), value.setScale(scale, RoundingMode.DOWN).toPlainString(),
            value.setScale(scale, RoundingMode.CEILING).toPlainString(), value.setScale(scale, RoundingMode.FLOOR).toPlainString(),
            value.setScale(scale, value.signum() > 0 ? RoundingMode.HALF_UP : RoundingMode.HALF_DOWN).toPlainString());
    }
  }

  /** Text to a decimal and its plain text, scale and double; a double to its decimal. */
  private static void decimalText() {
    group("decimalText");
    for (final String text : List.of("0", "-0", "+1", "1.", ".5", ".", "", "1e3", "1E+3", "1e-3", "1e", "00012.50", "1.500", "-.5", "1,5", "0x1", "1d", "NaN", "Infinity",
        "12345678901234567890.123456789", "0.1", "1e-10", "\u0661.\u0665", "1 ", "--1"))
      line(text, attempt(() -> new BigDecimal(text).toPlainString()), attempt(() -> bits(new BigDecimal(text).doubleValue())));
    group("doubleToDecimal");
    for (final double value : doubles(12)) line(bits(value), attempt(() -> BigDecimal.valueOf(value).toPlainString()));
  }

  // ---- text

  private static final List<String> TEXTS = List.of("", "a", "Abc", "  x y\t", "\u0000\u001f a \u0020", "\u00a0a\u00a0", "stra\u00dfe", "STRA\u1e9eE", "\u0130stanbul",
      "\u0131\u0069I", "\u03a3\u03a3", "\u01c5", "\ufb01", "\ud83d\ude00", "x\ud83d\ude00y", "\ud83d\ude00\ud83d\ude00", "\ud83d", "\ude00", "a\ud83db", "\ud835\udd38",
      "\ud801\udc00", "\ud801\udc28", "e\u0301", "\u00e9", "a\nb\r\nc", "\u2028", "0\u0663\u06f5", "\u4e2d\u6587", "\uffff", "tab\tA1-_");

  private static void strings() throws Exception {
    group("strings");
    for (final String text : TEXTS) {
      line(text, text.length(), text.toUpperCase(), text.toLowerCase(), text.trim(), new StringBuilder(text).reverse().toString(), text.replace("", "|"), masked(text),
          Arrays.asList(text.split("")), HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8))));
    }
    group("substrings");
    for (final String text : List.of("x\ud83d\ude00y", "\ud83d\ude00", "abc"))
      for (int from = 1; from <= text.length() + 1; from++)
        for (int length = 0; length <= 3; length++) {
          final int start = Math.min(from - 1, text.length());
          line(text, from, length, text.substring(start, Math.min(start + length, text.length())));
        }
    group("positions");
    for (final String text : List.of("aaaa", "x\ud83d\ude00y\ud83d\ude00", "abcabc"))
      for (final String part : List.of("a", "aa", "\ude00", "\ud83d\ude00", "bc", "", "z"))
        line(text, part, text.indexOf(part) + 1, text.lastIndexOf(part) + 1);
    group("order");
    for (final String a : TEXTS) line(a, "\ud83d\ude00", Integer.signum(a.compareTo("\ud83d\ude00")), Integer.signum(a.compareTo("\uffff")), Integer.signum(a.compareTo("a")));
    group("codePoints");
    for (final int code : new int[] {0, 65, 0x7f, 0x80, 0xd7ff, 0xd800, 0xdfff, 0xffff, 0x10000, 0x1f600, 0x10ffff, 0x110000, -1})
      line(code, attempt(() -> new String(Character.toChars(code))));
  }

  private static String masked(final String text) {
    final StringBuilder result = new StringBuilder();
    for (final char c : text.toCharArray()) result.append(Character.isUpperCase(c) ? 'X' : Character.isLowerCase(c) ? 'x' : Character.isDigit(c) ? 'n' : '-');
    return result.toString();
  }

  private static void utf8() {
    group("utf8");
    for (final String text : TEXTS) {
      line(text, HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)), HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)));
    }
    group("utf8Decoding");
    for (final String hex : List.of("", "61", "c3a9", "e282ac", "f09f9880", "80", "c3", "c361", "c080", "c0af", "e0809f", "eda080", "edbfbf", "eda0bdedb880", "f0808080",
        "f4908080", "f8888080", "ff", "fe61", "e282", "e28261", "f09f98", "f09f9861", "61ff62fe63", "efbfbf", "efbbbf61", "c3c3a9", "f5808080", "e0a0", "e09f80")) {
      final byte[] bytes = HexFormat.of().parseHex(hex);
      line(hex, new String(bytes, StandardCharsets.UTF_8), new String(bytes, StandardCharsets.US_ASCII));
    }
  }

  private static void urls() {
    group("urlEncoding");
    for (final String text : TEXTS) line(text, URLEncoder.encode(text, StandardCharsets.UTF_8));
    for (final String text : List.of("a b+c", "~!*'()", "-_.*", "?&=/:;,@#%", "100%")) line(text, URLEncoder.encode(text, StandardCharsets.UTF_8));
    group("urlDecoding");
    for (final String text : List.of("a+b", "%41%62", "%c3%a9", "%F0%9F%98%80", "%", "%4", "%zz", "%c3", "%c3%", "a%20b", "%ff", "\u00e9", "%-1", "%+1", "%eda080"))
      line(text, attempt(() -> URLDecoder.decode(text, StandardCharsets.UTF_8)));
  }

  // ---- dates

  private static void formatTimestamps() {
    group("formatTimestamp");
    final long[] instants = {0L, -1L, 1_583_020_799_999L, 1_709_164_800_123L, 1_700_000_000_000L, -62_135_596_800_000L, 253_402_300_799_999L, 951_782_400_000L,
        1_640_995_199_000L, -2_208_988_800_001L};
    final List<String> patterns = List.of("yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSS", "yy", "y", "yyyyy", "uuuu", "u", "M", "MM", "MMM", "MMMM", "L", "LLL", "d", "dd", "D", "DDD", "E",
        "EEEE", "EEEEE", "MMMMM", "H", "HH", "h", "hh", "k", "kk", "K", "KK", "m", "s", "S", "SS", "SSSSSS", "n", "N", "A", "a", "G", "GGGG", "Q", "QQ", "QQQ", "QQQQ", "q",
        "F", "X", "XX", "XXX", "XXXX", "XXXXX", "x", "xx", "xxx", "Z", "ZZZZ", "ZZZZZ", "O", "OOOO", "VV", "''", "'text' yyyy", "yyyy''MM", "hh 'o''clock' a", "[yyyy]", "yyyy[-MM]",
        "ppp5d", "pp", "yyyy'", "b", "#", "{", "c", "YYYY", "w", "W", "e", "EEE, d MMM yyyy HH:mm:ss Z", "ddMMyyyyHHmmss", "");
    for (final String pattern : patterns)
      for (int index = 0; index < instants.length; index += pattern.length() > 10 ? 1 : 2) {
        final String zone = new String[] {"UTC", "Europe/Berlin", "America/New_York", "+05:30", "Asia/Kathmandu"}[index % 5];
        final long instant = instants[index];
        line(pattern, instant, zone, attempt(() -> DateTimeFormatter.ofPattern(pattern).format(Instant.ofEpochMilli(instant).atZone(ZoneId.of(zone)))));
      }
    group("zoneOffsets");
    for (final String zone : List.of("UTC", "GMT", "Z", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "+01:00", "-0330", "+1", "UTC+2",
        "GMT-03:00", "EST5EDT", "Etc/GMT+5", "PST", "Nowhere", "+25:00", "europe/london", ""))
      for (final long instant : new long[] {0L, 1_689_336_000_000L, 1_700_000_000_000L, 1_325_203_200_000L})
        line(zone, instant, attempt(() -> ZoneId.of(zone).getRules().getOffset(Instant.ofEpochMilli(instant)).getTotalSeconds()));
  }

  /** SimpleDateFormat, lenient, GMT: days since 1970 if the result is a midnight. */
  private static void parseDates() {
    group("parseDate");
    final String[][] cases = {{"yyyy-MM-dd", "2024-02-29", "2023-02-29", "2023-13-01", "2023-1-5", "23-01-05", "2024-02-29 rest", " 2024-02-29", "2024/02/29", "", "-2024-01-01",
        "2024-02-00", "02024-02-29"}, {"dd/MM/yy", "01/02/03", "01/02/2003", "1/2/3", "31/12/99", "31/12/49"}, {"yyyyMMdd", "20240229", "2024229", "202402290"},
        {"d MMM yyyy", "5 Jan 2024", "5 JAN 2024", "05 January 2024", "5 Foo 2024"}, {"EEE d MMM yyyy", "Fri 5 Jan 2024", "Mon 5 Jan 2024", "Friday 5 Jan 2024"},
        {"yyyy-MM-dd HH:mm", "2024-02-29 00:00", "2024-02-29 10:00", "2024-02-29 24:00"}, {"yyyy", "2024", "99", "12345"}, {"MM-dd", "02-29", "12-31"}, {"yyyy-DDD", "2024-060", "2023-366"},
        {"yyyy 'w' ww", "2024 w 05"}, {"G yyyy", "AD 2024", "BC 1"}, {"yyyy-MM-dd z", "2024-02-29 GMT", "2024-02-29 UTC", "2024-02-29 PST"}, {"yyyy-MM-dd X", "2024-02-29 Z", "2024-02-29 +01"},
        {"yyyy-MM-dd'T'", "2024-02-29T"}, {"yyyy''MM", "2024'02"}, {"b", "1"}, {"yyyy-MM-dd a", "2024-02-29 AM", "2024-02-29 PM", "2024-02-29 am"}};
    for (final String[] group : cases)
      for (int index = 1; index < group.length; index++) {
        final String pattern = group[0];
        final String text = group[index];
        line(pattern, text, attempt(() -> {
          final SimpleDateFormat format = new SimpleDateFormat(pattern);
          format.setTimeZone(TimeZone.getTimeZone("GMT"));
          // As on 2023-11-14, so that years of two digits do not depend on the day.
          format.set2DigitYearStart(new Date(1_700_000_000_123L - 80L * 31_556_952_000L));
          final Date date = format.parse(text);
          if (date.getTime() % 86_400_000L != 0) throw new IllegalArgumentException("Date format contains time field.");
          return date.getTime() / 86_400_000L;
        }));
      }
  }

  // ---- regular expressions

  private static void regularExpressions() {
    group("regularExpressions");
    final List<String> patterns = List.of("a", "a*", "a+?", "(a)(b)?", "a|ab", "(a|ab)(c|bcd)", "^a", "a$", "(?m)^.", "(?i)ABC", "(?s)a.b", "a.b", "[a-c]+", "[^a-c]+", "[a-c&&[^b]]+", "\\d+", "\\w+",
        "\\s+", "\\b", "\\bA", "\\p{L}+", "\\p{Lu}", "\\p{IsAlphabetic}+", "\\p{Punct}", "\\P{L}", "\\Qa.b\\E", "(?:ab)+", "(ab){2}", "a{2,3}", "a{2,}?", "a?+a", "(?>a+)a", "(?=b)", "(?<=a)b", "(?<!a)b",
        "(?!b).", "(.)\\1", "(?<x>a)\\k<x>", ".", "\\X", "\\R", "\\h", "\\v", "\\x41", "\\u0041", "\\cA", "\\t", "\\0101", "x{2}", "\ud83d\ude00", "[\ud83d\ude00]", "\\x{1F600}", "(", ")", "[", "*", "a{", "a{1", "\\",
        "\\1", "(?<1>a)", "[z-a]", "(?x) a b # c", "a||b", "()", "", "(a*)*", "(a*)+b", "\\G.", "\\Aa", "a\\z", "a\\Z", "[\\w&&[^\\d]]", "(?u)\\w", "(?U)\\w+", "[[:alpha:]]", "\\e", "\\N{LATIN SMALL LETTER A}");
    final List<String> texts = List.of("", "abcabc", "aab aaab", "ABC abc", "a\nb", "a.b", "x\ud83d\ude00y\ud83d\ude00", "\u00e9t\u00e9 1\u0663", "line1\r\nline2\u2028line3\n", "  _A1-", "aa", "\t\u0001A(");
    for (final String pattern : patterns) {
      for (final String text : texts) {
        line(pattern, text, attempt(() -> {
          final List<String> found = new ArrayList<>();
          final Matcher matcher = Pattern.compile(pattern).matcher(text);
          while (matcher.find()) found.add(matcher.group());
          return found;
        }), attempt(() -> text.replaceAll(pattern, "<$0>")));
      }
    }
  }

  /** Keys in the order of a HashMap made for as many. */
  private static void hashOrder() {
    group("hashOrder");
    for (final List<String> keys : List.of(List.of("b", "a"), List.of("k1", "k2", "k3"), List.of("foo", "bar", "baz", "qux"), List.of("Aa", "BB", "C#"),
        List.of("one", "two", "three", "four", "five", "six", "seven"), List.of("", "a", "\ud83d\ude00", "\u00e9", "0", "1", "2", "3", "4", "5", "6", "7", "8"))) {
      final Map<String, Integer> map = new HashMap<>(keys.size());
      for (final String key : keys) map.put(key, 1);
      line(keys, new ArrayList<>(map.keySet()));
    }
  }

  // ---- output

  private static Object attempt(final Callable<Object> compute) {
    try {
      return compute.call();
    } catch (final Exception | StackOverflowError e) {
      return null;
    }
  }

  private static void group(final String name) {
    if (!firstGroup) OUT.append("\n  ],");
    OUT.append("\n  \"").append(name).append("\": [");
    firstGroup = false;
    firstLine = true;
    current = name;
  }

  private static String current;

  private static void line(final Object... cells) {
    OUT.append(firstLine ? "\n    " : ",\n    ").append(json(Arrays.asList(cells)));
    firstLine = false;
  }

  private static String json(final Object value) {
    if (value == null) return "null";
    if (value instanceof Number) return value.toString();
    if (value instanceof List<?> list) {
      final List<String> parts = new ArrayList<>();
      for (final Object item : list) parts.add(json(item));
      return "[" + String.join(", ", parts) + "]";
    }
    final StringBuilder text = new StringBuilder("\"");
    for (final char c : value.toString().toCharArray()) {
      if (c == '"' || c == '\\') text.append('\\').append(c);
      else if (c < 0x20 || c > 0x7e) text.append(String.format("\\u%04x", (int) c));
      else text.append(c);
    }
    return text.append('"').toString();
  }
}
