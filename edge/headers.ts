/** Response header: the release that the answer comes from, such as `2026-11-20`. */
export const ALMAGEST_RELEASE = 'Almagest-Release';

/** Response header: the engine that answered, such as `edge`. */
export const ALMAGEST_ENGINE = 'Almagest-Engine';
