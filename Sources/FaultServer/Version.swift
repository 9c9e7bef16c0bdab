/// The version of this package.
public let faultserveVersion = "0.1.0"
