/// Times as HTTP writes them (RFC 9110 §5.6.7), in proleptic Gregorian arithmetic and UTC.
package enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter seconds: since 1970; clamped to the years 0 to 9999, which four digits can say.
    package static func text(_ seconds: Int) -> String {
        let time = CivilTime(secondsSince1970: seconds)
        return "\(Self.days[time.weekday].prefix(3)), \(time.day.padded(2)) "
            + "\(Self.months[time.month - 1]) \(time.year.padded(4)) \(time.clock) GMT"
    }

    /// Reads all three forms: IMF-fixdate, that of RFC 850, and that of C's `asctime`.
    ///
    /// A weekday that is not the date's own is let pass.
    /// - Parameter now: seconds since 1970; tells which century a year of two digits means.
    /// - Returns: seconds since 1970; nil if the text is none of the three or no such day exists.
    package static func seconds(_ text: String, now: Int) -> Int? {
        Self.fixdate(text) ?? Self.rfc850(text, now: now) ?? Self.asctime(text)
    }

    fileprivate static let days = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    fileprivate static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func fixdate(_ text: String) -> Int? {
        var reader = FieldReader(text)
        guard reader.take(anyOf: Self.days.map { $0.prefix(3) }) != nil, reader.take(", "),
            let day = reader.number(digits: 2), reader.take(" "),
            let month = reader.take(anyOf: Self.months[...]), reader.take(" "),
            let year = reader.number(digits: 4), reader.take(" "),
            let clock = reader.clock(), reader.take(" GMT"), reader.isAtEnd
        else { return nil }
        return CivilTime.seconds(year: year, month: month + 1, day: day, clock: clock)
    }

    private static func rfc850(_ text: String, now: Int) -> Int? {
        var reader = FieldReader(text)
        guard reader.take(anyOf: Self.days[...]) != nil, reader.take(", "),
            let day = reader.number(digits: 2), reader.take("-"),
            let month = reader.take(anyOf: Self.months[...]), reader.take("-"),
            let short = reader.number(digits: 2), reader.take(" "),
            let clock = reader.clock(), reader.take(" GMT"), reader.isAtEnd
        else { return nil }
        // A time more than 50 years ahead is the latest past one with these digits.
        let thisYear = CivilTime(secondsSince1970: now).year
        var year = thisYear / 100 * 100 + short
        if year > thisYear + 50 { year -= 100 }
        return CivilTime.seconds(year: year, month: month + 1, day: day, clock: clock)
    }

    private static func asctime(_ text: String) -> Int? {
        var reader = FieldReader(text)
        guard reader.take(anyOf: Self.days.map { $0.prefix(3) }) != nil, reader.take(" "),
            let month = reader.take(anyOf: Self.months[...]), reader.take(" "),
            let day = reader.take(" ") ? reader.number(digits: 1) : reader.number(digits: 2),
            reader.take(" "), let clock = reader.clock(), reader.take(" "),
            let year = reader.number(digits: 4), reader.isAtEnd
        else { return nil }
        return CivilTime.seconds(year: year, month: month + 1, day: day, clock: clock)
    }
}

/// A moment in UTC, taken apart.
package struct CivilTime: Hashable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 for Sunday.
    package let weekday: Int
    private let secondOfDay: Int

    /// - Parameter seconds: clamped to the years 0 to 9999.
    package init(secondsSince1970 seconds: Int) {
        let seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        self.secondOfDay = seconds - days * 86_400
        self.weekday = ((days + 4) % 7 + 7) % 7
        // Years begin in March here, so that the leap day ends one; day 0 is 0000-03-01.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * month + 2) / 5 + 1
        self.month = month < 10 ? month + 3 : month - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    /// `08:49:37`.
    package var clock: String {
        let minutes = self.secondOfDay / 60
        return "\((minutes / 60).padded(2)):\((minutes % 60).padded(2)):"
            + (self.secondOfDay % 60).padded(2)
    }

    /// `1994-11-06`.
    package var date: String {
        "\(self.year.padded(4))-\(self.month.padded(2))-\(self.day.padded(2))"
    }

    /// Seconds since 1970; nil if the month has no such day.
    package static func seconds(year: Int, month: Int, day: Int, clock: Int) -> Int? {
        guard (1...Self.days(in: month, of: year)).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400 + clock
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension FieldReader {
    /// `08:49:37` in seconds; a leap second is let pass.
    fileprivate mutating func clock() -> Int? {
        guard let hour = self.number(digits: 2), hour < 24, self.take(":"),
            let minute = self.number(digits: 2), minute < 60, self.take(":"),
            let second = self.number(digits: 2), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }
}

extension Int {
    fileprivate func padded(_ digits: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
    }
}
