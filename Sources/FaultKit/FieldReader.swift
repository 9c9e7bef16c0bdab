/// Reads a field's value from left to right. A reader that took nothing has not moved.
package struct FieldReader {
    private let bytes: [UInt8]
    private var index = 0

    /// - Parameter text: a scalar a byte (RFC 9110 §5.5); a scalar that is no byte is read as NUL,
    ///   which no rule of HTTP allows.
    package init(_ text: some StringProtocol) {
        self.bytes = text.unicodeScalars.map { UInt8(exactly: $0.value) ?? 0 }
    }

    package var isAtEnd: Bool { self.index == self.bytes.count }

    /// The next byte, which stays the next.
    package var next: UInt8? { self.isAtEnd ? nil : self.bytes[self.index] }

    /// Takes a text if it comes next.
    package mutating func take(_ text: some StringProtocol) -> Bool {
        guard self.bytes[self.index...].starts(with: text.utf8) else { return false }
        self.index += text.utf8.count
        return true
    }

    /// Takes the first of several texts that comes next, and tells which it was.
    package mutating func take(anyOf texts: some Collection<some StringProtocol>) -> Int? {
        for (position, text) in texts.enumerated() where self.take(text) { return position }
        return nil
    }

    /// Takes bytes as long as they are allowed.
    package mutating func take(while isAllowed: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = self.bytes[self.index...].prefix(while: isAllowed)
        self.index = taken.endIndex
        return taken
    }

    /// Takes a number of exactly so many decimal digits.
    package mutating func number(digits count: Int) -> Int? {
        let digits = self.bytes[self.index...].prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
        self.index += count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Takes a number of one or more decimal digits; one too large for `Int` is read as its maximum.
    package mutating func number() -> Int? {
        let digits = self.take(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        return digits.reduce(0) { number, digit in
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = tens.addingReportingOverflow(Int(digit - 0x30))
            return overflow || overflow2 ? .max : sum
        }
    }

    /// Takes spaces and tabs (OWS, RFC 9110 §5.6.3).
    package mutating func skipSpaces() {
        _ = self.take { $0 == 0x20 || $0 == 0x09 }
    }

    /// Reads a list whose elements may be empty (`#rule`, RFC 9110 §5.6.1) up to the end.
    /// - Returns: nil if an element is not of its form.
    package mutating func list<Element>(_ element: (inout FieldReader) -> Element?) -> [Element]? {
        var elements: [Element] = []
        while true {
            self.skipSpaces()
            if let next = self.next, next != UInt8(ascii: ",") {
                guard let element = element(&self) else { return nil }
                elements.append(element)
                self.skipSpaces()
            }
            if self.isAtEnd { return elements }
            guard self.take(",") else { return nil }
        }
    }
}

extension UInt8 {
    package var isDigit: Bool { (0x30...0x39).contains(self) }

    /// Whether the byte may be in a token (RFC 9110 §5.6.2).
    package var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
