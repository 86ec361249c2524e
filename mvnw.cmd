@echo off
rem Runs the Maven release kept in .mvn\wrapper; needs a JDK 17 or newer and nothing else.
setlocal enabledelayedexpansion
set "base=%~dp0"
set "base=%base:~0,-1%"
set "java=java"
if not "%JAVA_HOME%"=="" set "java=%JAVA_HOME%\bin\java"
set "config="
for /f "usebackq delims=" %%a in ("%base%\.mvn\jvm.config") do set "config=!config! %%a"
"%java%" %config% %MAVEN_OPTS% -classpath "%base%\.mvn\wrapper\maven-wrapper.jar" "-Dmaven.multiModuleProjectDirectory=%base%" org.apache.maven.wrapper.MavenWrapperMain %*
exit /b %ERRORLEVEL%
