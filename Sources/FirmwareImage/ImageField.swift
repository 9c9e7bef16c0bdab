/// A field of an image that has a name, such as `header.chip_id`: where it stands, and how its value is
/// written as a text.
///
/// Names are those of ESP-IDF's `esp_image_header_t`, `esp_image_segment_header_t` and `esp_app_desc_t`;
/// `directive` is ours.
public struct ImageField: Sendable, Hashable {
    /// The part, a dot, and the field: `header.chip_id`, `segment[2].load_addr`, `app.version`.
    public let name: String
    /// Where it stands in the file.
    public let range: Range<Int>
    let form: Form

    /// How a value stands in its bytes.
    enum Form: Hashable {
        /// Lowest byte first.
        case integer
        /// An address, shown in hexadecimal.
        case address
        /// The lower half of a byte, or the upper.
        case nibble(upper: Bool)
        /// An integer that some names stand for; any other number may be written, too.
        case named([String: Int])
        /// UTF-8 with a zero byte behind it.
        case text
        /// Two hexadecimal digits a byte.
        case digits
    }

    init(_ name: String, _ range: Range<Int>, _ form: Form = .integer) {
        self.name = name
        self.range = range
        self.form = form
    }

    /// The fields of an image, in the file's order. Those of parts that it lacks are not among them; the
    /// directive is as soon as there is room for one.
    public static func all(in map: AppImageMap) -> [ImageField] {
        var fields = self.header
        for (number, segment) in map.segments.enumerated() {
            fields.append(
                ImageField("segment[\(number)].load_addr", segment.loadAddressRange, .address))
            fields.append(ImageField("segment[\(number)].data_len", segment.lengthRange))
        }
        if map.descriptor != nil { fields += self.descriptor }
        if let custom = map.customDescriptor, custom.count >= Directive.size {
            fields += self.directive
        }
        return fields
    }

    /// The field of that name; nil if the image has none.
    public static func named(_ name: String, in map: AppImageMap) -> ImageField? {
        self.all(in: map).first { $0.name == name }
    }

    private static let header: [ImageField] = [
        ImageField("header.magic", 0..<1, .address),
        ImageField("header.segment_count", 1..<2),
        ImageField(
            "header.spi_mode", 2..<3,
            .named(["qio": 0, "qout": 1, "dio": 2, "dout": 3, "fast_read": 4, "slow_read": 5])),
        ImageField("header.spi_speed", 3..<4, .nibble(upper: false)),
        ImageField("header.spi_size", 3..<4, .nibble(upper: true)),
        ImageField("header.entry_addr", 4..<8, .address),
        ImageField("header.wp_pin", 8..<9, .address),
        ImageField("header.spi_pin_drv", 9..<12, .digits),
        ImageField("header.chip_id", 12..<14, .named(Chip.ids.mapValues(Int.init))),
        ImageField("header.min_chip_rev", 14..<15),
        ImageField("header.min_chip_rev_full", 15..<17),
        ImageField("header.max_chip_rev_full", 17..<19),
        ImageField("header.reserved", 19..<23, .digits),
        ImageField("header.hash_appended", 23..<24),
    ]

    private static let descriptor: [ImageField] = {
        func field(_ name: String, _ range: Range<Int>, _ form: Form = .integer) -> ImageField {
            let start = AppDescriptor.offset
            return ImageField(
                "app.\(name)", start + range.lowerBound..<start + range.upperBound, form)
        }
        return [field("magic_word", 0..<4, .address), field("secure_version", 4..<8)]
            + AppDescriptor.Text.allCases.map { field($0.field, $0.range, .text) }
            + [
                field("app_elf_sha256", 144..<176, .digits),
                field("min_efuse_blk_rev_full", 176..<178),
                field("max_efuse_blk_rev_full", 178..<180),
                field("mmu_page_size", 180..<181), field("spi_flash_mode", 181..<182),
            ]
    }()

    private static let directive: [ImageField] = {
        let start = Directive.offset
        let behaviours = Directive.Behaviour.allCases.map { ($0.name, Int($0.rawValue)) }
        let phases = Directive.Phase.allCases.map { ($0.name, Int($0.rawValue)) }
        return [
            ImageField("directive.magic", start..<start + 4, .address),
            ImageField("directive.version", start + 4..<start + 6),
            ImageField(
                "directive.behaviour", start + 8..<start + 9,
                .named(Dictionary(uniqueKeysWithValues: behaviours))),
            ImageField(
                "directive.phase", start + 9..<start + 10,
                .named(Dictionary(uniqueKeysWithValues: phases))),
            ImageField("directive.delay_ms", start + 12..<start + 16),
        ]
    }()

    // MARK: Values

    /// The field's value as a text.
    /// - Throws: what the bytes throw when they cannot be read.
    public func text(in image: some ImageBytes) throws -> String {
        let bytes = try image.bytes(in: self.range)
        let value = bytes.reversed().reduce(UInt64(0)) { $0 &<< 8 | UInt64($1) }
        switch self.form {
        case .integer: return "\(value)"
        case .address: return hexadecimal(value, digits: 2 * bytes.count)
        case .nibble(let upper): return "\(upper ? value >> 4 : value & 15)"
        case .named(let names):
            return names.first { $0.value == value }?.key ?? hexadecimal(value)
        case .text: return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).printable
        case .digits: return bytes.hexadecimalDigits
        }
    }

    /// Writes a value.
    /// - Throws: ``ImageFieldError`` if the text is no value of the field, or what the bytes throw when
    ///   they cannot be read.
    public func set(_ text: String, in image: inout some EditableImageBytes) throws {
        let old = try image.bytes(in: self.range)
        image.replace(self.range, with: try self.bytes(for: text, old: old))
    }

    private func bytes(for text: String, old: [UInt8]) throws(ImageFieldError) -> [UInt8] {
        switch self.form {
        case .text:
            let utf8 = Array(text.utf8)
            guard utf8.count < old.count, !utf8.contains(0) else { throw self.refusal(of: text) }
            return utf8 + [UInt8](repeating: 0, count: old.count - utf8.count)
        case .digits:
            guard let bytes = Self.bytes(ofDigits: text), bytes.count == old.count else {
                throw self.refusal(of: text)
            }
            return bytes
        case .nibble(let upper):
            guard let value = Self.integer(text), value < 16 else { throw self.refusal(of: text) }
            return [upper ? old[0] & 0x0F | UInt8(value) << 4 : old[0] & 0xF0 | UInt8(value)]
        case .integer, .address: return try self.bytes(of: Self.integer(text), text)
        case .named(let names):
            return try self.bytes(of: names[text].map(UInt64.init) ?? Self.integer(text), text)
        }
    }

    private func bytes(of value: UInt64?, _ text: String) throws(ImageFieldError) -> [UInt8] {
        guard let value, value >> (8 * UInt64(self.range.count)) == 0 else {
            throw self.refusal(of: text)
        }
        return self.range.indices.map {
            UInt8(truncatingIfNeeded: value >> (8 * UInt64($0 - self.range.lowerBound)))
        }
    }

    private func refusal(of text: String) -> ImageFieldError {
        ImageFieldError(field: self.name, text: text, wanted: self.wanted)
    }

    /// How a value is written.
    private var wanted: String {
        switch self.form {
        case .integer, .address:
            "a number from 0 to \(UInt64(1) << (8 * UInt64(self.range.count)) - 1), also in "
                + "hexadecimal such as 0x1f"
        case .nibble: "a number from 0 to 15"
        case .named(let names):
            "a number or one of "
                + names.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", ")
        case .text: "at most \(self.range.count - 1) bytes of text"
        case .digits: "\(2 * self.range.count) hexadecimal digits"
        }
    }

    private static func integer(_ text: String) -> UInt64? {
        let text = text.lowercased()
        return text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    private static func bytes(ofDigits text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}

/// Why a field cannot be set.
public struct ImageFieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field's name.
    public let field: String
    /// What was to be written.
    public let text: String
    /// How a value is written.
    public let wanted: String

    /// What is wrong, and what to do.
    public var description: String {
        "\(self.field) cannot be '\(self.text)'; write \(self.wanted)"
    }
}
