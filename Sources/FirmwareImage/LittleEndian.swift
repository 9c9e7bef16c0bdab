/// Integers in bytes, lowest byte first, as all of ESP-IDF's formats have them.
extension [UInt8] {
    /// - Precondition: the integer lies in the bytes.
    func integer<Integer: FixedWidthInteger>(at offset: Int) -> Integer {
        Integer(
            littleEndian: self.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: offset, as: Integer.self)
            })
    }

    /// - Precondition: the integer lies in the bytes.
    mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
        self.withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
        }
    }

    package mutating func append(integer value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self.append(contentsOf: $0) }
    }
}
